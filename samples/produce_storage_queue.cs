// Send one event to the Storage queue of events.
//
//     dotnet run samples/produce_storage_queue.cs -- C-1002
//
// EligibilityStorage holds the connection string of the storage account; without it, Azurite on this machine.
#:package Azure.Storage.Queues@12.28.1
#:property PublishAot=false
using System.Text.Json;
using Azure.Messaging;
using Azure.Storage.Queues;

var connection = Environment.GetEnvironmentVariable("EligibilityStorage") ?? "UseDevelopmentStorage=true";
var data = new
{
    customerId = args[0],
    licenceId = "L-9",
    application = "sales",
    annualAmount = "240000.00", // a string: no digit gets lost
    currency = "USD",
    newDeployment = true,
};
// Its id is new and its time is now: of two events about one licence the later one wins.
var spend = new CloudEvent("/samples/billing", "fasttrack.spend.updated.v1", data);
var queue = new QueueClient(connection, "eligibility-events");
// Without a time to live of -1 second, which is none, it is gone after 7 days if nobody takes it.
await queue.SendMessageAsync(JsonSerializer.Serialize(spend), timeToLive: TimeSpan.FromSeconds(-1));
Console.WriteLine($"sent {spend.Id}");
