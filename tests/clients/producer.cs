// Sends events by .NET's clients at their defaults: over HTTP, by a Storage queue, by Service Bus.
//   producer.cs [http URL] [storage-queue CONNECTION] [service-bus CONNECTION]
#:package Azure.Messaging.ServiceBus@7.21.0
#:package Azure.Storage.Queues@12.25.0
#:package CloudNative.CloudEvents.SystemTextJson@2.9.0
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Azure.Storage.Queues;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using AzureEvent = Azure.Messaging.CloudEvent;
using CncfEvent = CloudNative.CloudEvents.CloudEvent;

const string Queue = "eligibility-events", Source = "/clients/dotnet", Type = "fasttrack.spend.updated.v1";

object Spend(string customerId) => new
{
    customerId, licenceId = "L-1", application = "finance", annualAmount = "180000.00", currency = "USD",
    newDeployment = true, endsOn = (string?)null,
};
AzureEvent OfObject(string customerId) => new(Source, Type, Spend(customerId));
AzureEvent OfBytes(string customerId) =>
    new(Source, Type, BinaryData.FromObjectAsJson(Spend(customerId)), "application/json");
CncfEvent Cncf(string customerId) => new()
{
    Id = Guid.NewGuid().ToString(), Source = new Uri(Source, UriKind.Relative), Type = Type, Time = DateTimeOffset.UtcNow,
    DataContentType = "application/json", Data = Spend(customerId), Subject = "é + 100%",
};
string Text(AzureEvent each) => JsonSerializer.Serialize(each);

async Task OverHttp(string url)
{
    using var client = new HttpClient();
    var formatter = new JsonEventFormatter();
    HttpContent Structured(AzureEvent each) =>
        new StringContent(JsonSerializer.Serialize(each), Encoding.UTF8, "application/cloudevents+json");
    var buffered = JsonContent.Create(OfObject("C-net-buffered"));
    await buffered.LoadIntoBufferAsync();
    foreach (var (name, content) in new (string, HttpContent)[]
    {
        ("structured", Cncf("C-net-structured").ToHttpContent(ContentMode.Structured, formatter)),
        ("binary", Cncf("C-net-binary").ToHttpContent(ContentMode.Binary, formatter)),
        ("batch", new[] { Cncf("C-net-batch-1"), Cncf("C-net-batch-2") }.ToHttpContent(formatter)),
        ("object", Structured(OfObject("C-net-object"))),
        ("bytes", Structured(OfBytes("C-net-bytes"))),
        ("buffered", buffered),
        ("chunked", JsonContent.Create(OfObject("C-net-chunked"))),
    })
    {
        var answer = await client.PostAsync(url, content);
        Console.WriteLine($"{name} {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}

async Task OverStorageQueue(string connection)
{
    var queue = new QueueClient(connection, Queue);
    await queue.SendMessageAsync(Text(OfObject("C-net-queue-object")));
    await queue.SendMessageAsync(Text(OfBytes("C-net-queue-bytes")));
    await queue.SendMessageAsync(BinaryData.FromObjectAsJson(OfObject("C-net-queue-data")));
    var encoding = new QueueClient(connection, Queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
    await encoding.SendMessageAsync(Text(OfObject("C-net-queue-base64")));
}

async Task OverServiceBus(string connection)
{
    await using var bus = new ServiceBusClient(connection);
    var sender = bus.CreateSender(Queue);
    await sender.SendMessageAsync(new ServiceBusMessage(Text(OfObject("C-net-bus-object"))));
    await sender.SendMessageAsync(new ServiceBusMessage(Text(OfBytes("C-net-bus-bytes"))));
    await sender.SendMessageAsync(new ServiceBusMessage(BinaryData.FromObjectAsJson(OfObject("C-net-bus-data"))));
}

foreach (var pair in args.Chunk(2))
    await (pair[0] switch { "http" => OverHttp(pair[1]), "storage-queue" => OverStorageQueue(pair[1]), _ => OverServiceBus(pair[1]) });
