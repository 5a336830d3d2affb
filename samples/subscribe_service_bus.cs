// Print each change of a customer's eligibility once and in order, from the Service Bus topic of notifications.
//
//     dotnet run samples/subscribe_service_bus.cs -- all
//
// The subscription (here "all") requires sessions: one session is one customer. ServiceBusConnection holds the
// connection string of the namespace.
#:package Azure.Messaging.ServiceBus@7.21.0
using System.Text.Json;
using Azure.Messaging.ServiceBus;

await using var client = new ServiceBusClient(Environment.GetEnvironmentVariable("ServiceBusConnection"));
var options = new ServiceBusSessionProcessorOptions
{
    MaxConcurrentSessions = 8, // customers at a time
    SessionIdleTimeout = TimeSpan.FromSeconds(2), // then another customer's turn
};
await using var processor = client.CreateSessionProcessor("eligibility-notifications", args[0], options);
processor.ProcessMessageAsync += message => // completed when this returns: until then it comes again
{
    var data = JsonDocument.Parse(message.Message.Body).RootElement.GetProperty("data");
    var change = $"{data.GetProperty("previousStatus")} -> {data.GetProperty("status")}";
    Console.WriteLine($"{data.GetProperty("customerId")}/{data.GetProperty("sequence")}: {change}");
    return Task.CompletedTask;
};
processor.ProcessErrorAsync += error =>
{
    Console.Error.WriteLine(error.Exception.Message);
    return Task.CompletedTask;
};
await processor.StartProcessingAsync();
await Task.Delay(Timeout.Infinite);
