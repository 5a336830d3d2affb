// Print each change of a customer's eligibility once, from the Storage queue of notifications.
//
//     dotnet run samples/subscribe_storage_queue.cs -- highest.json
//
// The file keeps the highest sequence seen of each customer, over restarts. The queue has one reader: this program
// takes its messages away. EligibilityStorage holds the connection string of the storage account; without it, Azurite.
#:package Azure.Storage.Queues@12.28.1
#:property PublishAot=false
using System.Text.Json;
using Azure.Storage.Queues;

var connection = Environment.GetEnvironmentVariable("EligibilityStorage") ?? "UseDevelopmentStorage=true";
var highest = File.Exists(args[0]) ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(args[0]))! : [];
var base64 = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 };
var queue = new QueueClient(connection, "eligibility-notifications", base64);
while (true)
{
    var messages = (await queue.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(60))).Value;
    foreach (var message in messages)
    {
        var data = JsonDocument.Parse(message.Body).RootElement.GetProperty("data");
        var (customer, sequence) = (data.GetProperty("customerId").GetString()!, data.GetProperty("sequence").GetInt32());
        if (sequence > highest.GetValueOrDefault(customer)) // otherwise it came before, or late
        {
            Console.WriteLine($"{customer}/{sequence}: {data.GetProperty("previousStatus")} -> {data.GetProperty("status")}");
            highest[customer] = sequence;
            File.WriteAllText(args[0], JsonSerializer.Serialize(highest));
        }
        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt); // last: until then it comes again
    }
    if (messages.Length == 0) await Task.Delay(TimeSpan.FromSeconds(1));
}
