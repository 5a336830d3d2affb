// Send one event to the Service Bus queue of events.
//
//     dotnet run samples/produce_service_bus.cs -- C-1002
//
// ServiceBusConnection holds the connection string of the namespace (./dev up --transport service-bus prints one).
#:package Azure.Messaging.ServiceBus@7.21.0
#:property PublishAot=false
using System.Text.Json;
using Azure.Messaging;
using Azure.Messaging.ServiceBus;

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
await using var client = new ServiceBusClient(Environment.GetEnvironmentVariable("ServiceBusConnection"));
await using var sender = client.CreateSender("eligibility-events");
await sender.SendMessageAsync(new ServiceBusMessage(JsonSerializer.Serialize(spend)));
Console.WriteLine($"sent {spend.Id}");
