#:package Azure.Messaging.ServiceBus@7.21.0
// What Microsoft's .NET client does against the broker: one line a check, "ok NAME" or "FAILED NAME: why".
// Each check has queues of its own, so all run at once. The argument is a connection string.

using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

await using var client = new ServiceBusClient(args[0]);
var checks = new (string Name, Func<Task> Run)[]
{
    ("a message arrives with all that stands beside it", Everything),
    ("a batch arrives message by message in order", Batch),
    ("peeking sees what is locked and takes nothing", Peek),
    ("a lock is renewed and one that ended is lost", Locks),
    ("an abandoned message comes again with the properties given", Abandon),
    ("a message abandoned too often is dead-lettered", AbandonTooOften),
    ("a deferred message is received by its number with the properties given", Defer),
    ("a deferred message can be received and deleted", DeferDeleted),
    ("a dead letter has its reason and the properties given", DeadLetter),
    ("a message settled by request has the properties given", SettledByRequest),
    ("an expired message is a dead letter", Expired),
    ("receive and delete leaves nothing", ReceiveAndDelete),
    ("a duplicate is dropped", Duplicates),
    ("a session has a state and a lock to renew", Session),
    ("a session is the same in any case", SessionCase),
    ("a session is locked by one receiver", SessionLocked),
    ("a session whose lock ended is lost", SessionLost),
    ("the next session is given or none in time", NextSession),
    ("a message that is scheduled comes when it is due", Scheduled),
    ("a scheduled message can be cancelled once", Cancelled),
    ("a topic holds back what is scheduled and cancels it", ScheduledOnTopic),
    ("a processor handles 200 messages 16 at once", Processor),
    ("a session processor handles each session in order", SessionProcessor),
    ("what is wrong is refused with its own reason", Refusals),
};
foreach (var line in await Task.WhenAll(checks.Select(each => Line(each.Name, each.Run)))) Console.WriteLine(line);
return;

static async Task<string> Line(string name, Func<Task> check)
{
    try
    {
        await check().WaitAsync(TimeSpan.FromSeconds(60));
        return $"ok {name}";
    }
    catch (Exception error)
    {
        return $"FAILED {name}: {error.ToString().ReplaceLineEndings(" ")}";
    }
}

static void Same<T>(T actual, T expected, string what = "")
{
    if (!Equals(actual, expected)) throw new Exception($"{what} is {actual}, not {expected}");
}

static string Bodies(IEnumerable<ServiceBusReceivedMessage> messages) => string.Join(" ", messages.Select(each => each.Body));

static async Task<ServiceBusFailureReason> Failure(Func<Task> act)
{
    try { await act(); }
    catch (ServiceBusException error) { return error.Reason; }
    throw new Exception("nothing was refused");
}

async Task Send(string queue, params ServiceBusMessage[] messages)
{
    await using var sender = client.CreateSender(queue);
    await sender.SendMessagesAsync(messages);
}

static async Task<ServiceBusReceivedMessage> One(ServiceBusReceiver receiver) =>
    await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(20)) ?? throw new Exception("nothing came");

static async Task<List<ServiceBusReceivedMessage>> Some(ServiceBusReceiver receiver, int count)
{
    var found = new List<ServiceBusReceivedMessage>();
    while (found.Count < count) found.Add(await One(receiver));
    return found;
}

static async Task Nothing(ServiceBusReceiver receiver)
{
    var more = await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(0.3));
    if (more != null) throw new Exception($"{more.Body} came");
}

ServiceBusReceiver DeadLetters(string queue) =>
    client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

async Task Everything()
{
    await Send("everything", new ServiceBusMessage("body")
    {
        MessageId = "m", ContentType = "text/plain", Subject = "subject", CorrelationId = "c", ReplyTo = "r", To = "t",
        TimeToLive = TimeSpan.FromMinutes(5), ApplicationProperties = { ["text"] = "t", ["number"] = 7, ["time"] = DateTime.UnixEpoch },
    });
    await using var receiver = client.CreateReceiver("everything");
    var message = await One(receiver);
    Same((message.MessageId, message.ContentType, message.Subject, message.CorrelationId), ("m", "text/plain", "subject", "c"));
    Same((message.ReplyTo, message.To, message.TimeToLive), ("r", "t", TimeSpan.FromMinutes(5)));
    Same((message.State, message.DeliveryCount, message.Body.ToString()), (ServiceBusMessageState.Active, 1, "body"));
    Same((message.ApplicationProperties["text"], message.ApplicationProperties["number"]), ("t", 7));
    Same(message.ApplicationProperties["time"], DateTime.UnixEpoch);
    if (Math.Abs((message.EnqueuedTime - DateTimeOffset.UtcNow).TotalSeconds) > 60) throw new Exception($"{message.EnqueuedTime}");
    await receiver.CompleteMessageAsync(message);
}

async Task Batch()
{
    await using var sender = client.CreateSender("batch");
    using var batch = await sender.CreateMessageBatchAsync();
    for (var number = 0; number < 20; number++)
        if (!batch.TryAddMessage(new ServiceBusMessage($"{number}"))) throw new Exception("no room");
    await sender.SendMessagesAsync(batch);
    await using var receiver = client.CreateReceiver("batch");
    var messages = await Some(receiver, 20);
    Same(Bodies(messages), string.Join(" ", Enumerable.Range(0, 20)));
    Same(messages.Select(each => each.SequenceNumber).Distinct().Count(), 20);
    await Task.WhenAll(messages.Select(each => receiver.CompleteMessageAsync(each)));
    await Nothing(receiver);
}

async Task Peek()
{
    await Send("peek", new("1"), new("2"), new("3"));
    await using var receiver = client.CreateReceiver("peek");
    var first = await One(receiver);
    Same(Bodies(await receiver.PeekMessagesAsync(10)), "1 2 3");
    Same(Bodies(await receiver.PeekMessagesAsync(10, first.SequenceNumber + 1)), "2 3");
    await receiver.CompleteMessageAsync(first);
    Same(Bodies(await Some(receiver, 2)), "2 3");
}

async Task Locks()
{
    await Send("plain-locks", new ServiceBusMessage("1"));
    await using var receiver = client.CreateReceiver("plain-locks");
    var message = await One(receiver);
    var until = message.LockedUntil;
    await Task.Delay(50);
    await receiver.RenewMessageLockAsync(message);
    if (message.LockedUntil <= until) throw new Exception("the lock was not renewed");
    await receiver.CompleteMessageAsync(message);

    await Send("short-locks", new ServiceBusMessage("1"));
    await using var slow = client.CreateReceiver("short-locks");
    message = await One(slow);
    Same((await One(slow)).DeliveryCount, 2);  // it comes again once its lock ended
    Same(await Failure(() => slow.CompleteMessageAsync(message)), ServiceBusFailureReason.MessageLockLost);
    Same(await Failure(() => slow.RenewMessageLockAsync(message)), ServiceBusFailureReason.MessageLockLost);
}

async Task Abandon()
{
    await Send("abandon", new ServiceBusMessage("1") { ApplicationProperties = { ["own"] = "kept", ["tries"] = 0 } });
    await using var receiver = client.CreateReceiver("abandon");
    await receiver.AbandonMessageAsync(await One(receiver), new Dictionary<string, object> { ["tries"] = 1, ["why"] = "busy" });
    var again = await One(receiver);
    Same((again.DeliveryCount, again.ApplicationProperties["own"]), (2, "kept"));
    Same((again.ApplicationProperties["tries"], again.ApplicationProperties["why"]), (1, "busy"));
    await receiver.CompleteMessageAsync(again);
}

async Task AbandonTooOften()
{
    await Send("abandon-often", new ServiceBusMessage("1"));
    await using var receiver = client.CreateReceiver("abandon-often");
    for (var count = 1; count <= 3; count++)
        await receiver.AbandonMessageAsync(await One(receiver), new Dictionary<string, object> { ["tries"] = count });
    await using var dead = DeadLetters("abandon-often");
    var message = await One(dead);
    Same((message.DeadLetterReason, message.ApplicationProperties["tries"]), ("MaxDeliveryCountExceeded", 3));
}

async Task Defer()
{
    await Send("defer", new("1"), new("2"));
    await using var receiver = client.CreateReceiver("defer");
    var message = await One(receiver);
    var number = message.SequenceNumber;
    await receiver.DeferMessageAsync(message, new Dictionary<string, object> { ["why"] = "later" });
    Same((await One(receiver)).Body.ToString(), "2");
    await Nothing(receiver);
    Same((await receiver.PeekMessageAsync(number)).State, ServiceBusMessageState.Deferred);
    var deferred = await receiver.ReceiveDeferredMessageAsync(number);
    Same((deferred.Body.ToString(), deferred.ApplicationProperties["why"]), ("1", "later"));
    await receiver.CompleteMessageAsync(deferred);
    Same(await Failure(() => receiver.ReceiveDeferredMessageAsync(number)), ServiceBusFailureReason.MessageNotFound);
}

async Task DeferDeleted()
{
    await Send("defer-delete", new ServiceBusMessage("1"));
    await using var receiver = client.CreateReceiver("defer-delete");
    var message = await One(receiver);
    await receiver.DeferMessageAsync(message);
    await using var deleting = client.CreateReceiver(
        "defer-delete", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
    Same((await deleting.ReceiveDeferredMessageAsync(message.SequenceNumber)).Body.ToString(), "1");
    Same(await receiver.PeekMessageAsync(0), null);
}

async Task DeadLetter()
{
    await Send("dead", new ServiceBusMessage("1") { ApplicationProperties = { ["own"] = "kept" } }, new ServiceBusMessage("2"));
    await using var receiver = client.CreateReceiver("dead");
    var properties = new Dictionary<string, object> { ["where"] = "here" };
    await receiver.DeadLetterMessageAsync(await One(receiver), properties, "not an event", "it has no type");
    await receiver.DeadLetterMessageAsync(await One(receiver), "reason");
    await using var dead = DeadLetters("dead");
    var message = await One(dead);
    Same((message.DeadLetterReason, message.DeadLetterErrorDescription), ("not an event", "it has no type"));
    Same((message.ApplicationProperties["own"], message.ApplicationProperties["where"]), ("kept", "here"));
    Same(message.DeadLetterSource, "dead");
    Same((await One(dead)).DeadLetterReason, "reason");
    await dead.CompleteMessageAsync(message);
}

async Task SettledByRequest()
{
    // What was received by its number is settled by a request, for want of a delivery.
    await Send("requests", new("1"), new("2"), new("3"));
    await using var receiver = client.CreateReceiver("requests");
    var messages = await Some(receiver, 3);
    foreach (var message in messages) await receiver.DeferMessageAsync(message);
    var numbers = messages.Select(each => each.SequenceNumber).ToArray();
    var deferred = await receiver.ReceiveDeferredMessagesAsync(numbers);
    var properties = new Dictionary<string, object> { ["why"] = "request" };
    await receiver.DeferMessageAsync(deferred[0], properties);
    await receiver.AbandonMessageAsync(deferred[1], properties);
    await receiver.DeadLetterMessageAsync(deferred[2], properties, "reason", "description");
    foreach (var number in numbers[..2])
        Same((await receiver.ReceiveDeferredMessageAsync(number)).ApplicationProperties["why"], "request");
    await using var dead = DeadLetters("requests");
    var letter = await One(dead);
    Same((letter.ApplicationProperties["why"], letter.DeadLetterReason), ("request", "reason"));
}

async Task Expired()
{
    await Send("expired", new ServiceBusMessage("1") { TimeToLive = TimeSpan.FromSeconds(0.2) });
    await using var dead = DeadLetters("expired");
    Same((await One(dead)).DeadLetterReason, "TTLExpiredException");
}

async Task ReceiveAndDelete()
{
    await Send("delete", new("1"), new("2"), new("3"));
    await using var receiver = client.CreateReceiver(
        "delete", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete, PrefetchCount = 2 });
    Same(Bodies(await Some(receiver, 3)), "1 2 3");
    Same(await receiver.PeekMessageAsync(0), null);
}

async Task Duplicates()
{
    await Send("once", new("1") { MessageId = "a" }, new("2") { MessageId = "b" }, new("again") { MessageId = "a" });
    await Send("once", new("again") { MessageId = "b" }, new("3") { MessageId = "c" });
    await using var receiver = client.CreateReceiver("once");
    Same(Bodies(await Some(receiver, 3)), "1 2 3");
    await Nothing(receiver);
}

async Task Session()
{
    await Send("session", new("1") { SessionId = "s" }, new("other") { SessionId = "o" }, new("2") { SessionId = "s" });
    await using (var receiver = await client.AcceptSessionAsync("session", "s"))
    {
        Same(receiver.SessionId, "s");
        Same(await receiver.GetSessionStateAsync(), null);
        await receiver.SetSessionStateAsync(BinaryData.FromString("half way"));
        var until = receiver.SessionLockedUntil;
        await Task.Delay(50);
        await receiver.RenewSessionLockAsync();
        if (receiver.SessionLockedUntil <= until) throw new Exception("the lock was not renewed");
        var messages = await Some(receiver, 2);
        Same(Bodies(messages), "1 2");
        Same(Bodies(await receiver.PeekMessagesAsync(10)), "1 2");
        await receiver.CompleteMessageAsync(messages[0]);
        await receiver.DeferMessageAsync(messages[1]);
        var deferred = await receiver.ReceiveDeferredMessageAsync(messages[1].SequenceNumber);
        await receiver.CompleteMessageAsync(deferred);
        await Nothing(receiver);
    }
    await using var second = await client.AcceptSessionAsync("session", "s");
    Same((await second.GetSessionStateAsync()).ToString(), "half way");
    await second.SetSessionStateAsync(null);
    Same(await second.GetSessionStateAsync(), null);
}

async Task SessionCase()
{
    await Send("session-case", new("1") { SessionId = "Abc" }, new("2") { SessionId = "aBC" });
    await using var receiver = await client.AcceptSessionAsync("session-case", "ABC");
    Same(receiver.SessionId, "ABC");
    Same(Bodies(await Some(receiver, 2)), "1 2");
}

async Task SessionLocked()
{
    var impatient = new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0 } };
    await using var other = new ServiceBusClient(args[0], impatient);
    await using var receiver = await client.AcceptSessionAsync("session-locked", "s");
    Same(await Failure(() => other.AcceptSessionAsync("session-locked", "S")), ServiceBusFailureReason.SessionCannotBeLocked);
}

async Task SessionLost()
{
    await Send("session-lost", new ServiceBusMessage("1") { SessionId = "s" });
    await using var receiver = await client.AcceptSessionAsync("session-lost", "s");
    while (!receiver.IsClosed) await Task.Delay(100);
    await using var second = await client.AcceptNextSessionAsync("session-lost");
    Same(((await One(second)).Body.ToString(), second.SessionId), ("1", "s"));
}

async Task NextSession()
{
    await Send("session-next", new("1") { SessionId = "a" }, new("2") { SessionId = "b" });
    await using var first = await client.AcceptNextSessionAsync("session-next");
    await using var second = await client.AcceptNextSessionAsync("session-next");
    Same((first.SessionId, second.SessionId), ("a", "b"));
    var impatient = new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(1) } };
    await using var other = new ServiceBusClient(args[0], impatient);
    Same(await Failure(() => other.AcceptNextSessionAsync("session-next")), ServiceBusFailureReason.ServiceTimeout);
}

async Task Scheduled()
{
    await using var sender = client.CreateSender("scheduled");
    await using var receiver = client.CreateReceiver("scheduled");
    var due = DateTimeOffset.UtcNow.AddSeconds(1);
    var number = await sender.ScheduleMessageAsync(new ServiceBusMessage("1"), due);
    await sender.SendMessageAsync(new ServiceBusMessage("2") { ScheduledEnqueueTime = due });
    var messages = await Some(receiver, 2);
    Same(string.Join(" ", messages.Select(each => each.Body.ToString()).Order()), "1 2");
    if (messages.Any(each => each.EnqueuedTime < due.AddMilliseconds(-1))) throw new Exception("it came too early");
    Same(await Failure(() => sender.CancelScheduledMessageAsync(number)), ServiceBusFailureReason.MessageNotFound);
}

async Task Cancelled()
{
    await using var sender = client.CreateSender("cancelled");
    await using var receiver = client.CreateReceiver("cancelled");
    var due = DateTimeOffset.UtcNow.AddHours(1);
    var numbers = await sender.ScheduleMessagesAsync([new("1"), new("2"), new("3")], due);
    await sender.CancelScheduledMessagesAsync([numbers[0], numbers[2]]);
    Same(await Failure(() => sender.CancelScheduledMessageAsync(numbers[0])), ServiceBusFailureReason.MessageNotFound);
    var left = (await receiver.PeekMessagesAsync(10)).Single();
    Same((left.Body.ToString(), left.SequenceNumber, left.State), ("2", numbers[1], ServiceBusMessageState.Scheduled));
    Same(left.ScheduledEnqueueTime.ToUnixTimeMilliseconds(), due.ToUnixTimeMilliseconds());
    await Nothing(receiver);
}

async Task ScheduledOnTopic()
{
    await using var sender = client.CreateSender("topic");
    var number = await sender.ScheduleMessageAsync(new ServiceBusMessage("1"), DateTimeOffset.UtcNow.AddHours(1));
    await sender.ScheduleMessageAsync(new ServiceBusMessage("2"), DateTimeOffset.UtcNow.AddSeconds(0.5));
    foreach (var subscription in new[] { "a", "b" })
    {
        await using var receiver = client.CreateReceiver("topic", subscription);
        Same((await One(receiver)).Body.ToString(), "2");
        Same((await receiver.PeekMessagesAsync(10)).Count, 1);
    }
    await sender.CancelScheduledMessageAsync(number);
}

async Task Processor()
{
    await Send("processor", [.. Enumerable.Range(0, 200).Select(each => new ServiceBusMessage($"{each}"))]);
    var (seen, now, most, faults) = (new ConcurrentBag<int>(), 0, 0, new ConcurrentBag<Exception>());
    var (full, done) = (new TaskCompletionSource(), new TaskCompletionSource());
    await using var processor = client.CreateProcessor(
        "processor", new ServiceBusProcessorOptions { MaxConcurrentCalls = 16, PrefetchCount = 32 });
    processor.ProcessErrorAsync += fault => { faults.Add(fault.Exception); return Task.CompletedTask; };
    processor.ProcessMessageAsync += async message =>
    {
        lock (seen) most = Math.Max(most, ++now);
        if (most >= 16) full.TrySetResult();
        await full.Task;  // the first wait for each other
        lock (seen) now--;
        seen.Add(int.Parse(message.Message.Body.ToString()));
        await message.CompleteMessageAsync(message.Message);
        if (seen.Count >= 200) done.TrySetResult();
    };
    await processor.StartProcessingAsync();
    await done.Task;
    await processor.StopProcessingAsync();
    if (faults.FirstOrDefault() is { } first) throw first;
    Same((seen.Count, seen.Distinct().Count(), most), (200, 200, 16));
}

async Task SessionProcessor()
{
    await Send("session-processor", [.. Enumerable.Range(0, 50).Select(
        each => new ServiceBusMessage($"{each / 10}") { SessionId = $"s{each % 10}" })]);
    var (seen, faults) = (new ConcurrentDictionary<string, ConcurrentQueue<string>>(), new ConcurrentBag<Exception>());
    var (count, done) = (0, new TaskCompletionSource());
    await using var processor = client.CreateSessionProcessor("session-processor", new ServiceBusSessionProcessorOptions
    {
        MaxConcurrentSessions = 4, SessionIdleTimeout = TimeSpan.FromSeconds(0.3),
    });
    processor.ProcessErrorAsync += fault => { faults.Add(fault.Exception); return Task.CompletedTask; };
    processor.ProcessMessageAsync += async message =>
    {
        seen.GetOrAdd(message.SessionId, _ => new()).Enqueue(message.Message.Body.ToString());
        await message.SetSessionStateAsync(message.Message.Body);
        if (Interlocked.Increment(ref count) == 50) done.TrySetResult();
    };
    await processor.StartProcessingAsync();
    await done.Task;
    await processor.StopProcessingAsync();
    if (faults.FirstOrDefault() is { } first) throw first;
    Same(seen.Count, 10);
    foreach (var each in seen.Values) Same(string.Join(" ", each), "0 1 2 3 4");
    await using var receiver = await client.AcceptSessionAsync("session-processor", "s3");
    Same((await receiver.GetSessionStateAsync()).ToString(), "4");
}

async Task Refusals()
{
    await using var sender = client.CreateSender("session");
    try
    {
        await sender.SendMessageAsync(new ServiceBusMessage("whose?"));
        throw new Exception("a message without a session was taken");
    }
    catch (InvalidOperationException) { }
    var large = new ServiceBusMessage(new byte[300_000]);
    Same(await Failure(() => Send("batch", large)), ServiceBusFailureReason.MessageSizeExceeded);
    Same(await Failure(() => Send("nowhere", new ServiceBusMessage("1"))), ServiceBusFailureReason.MessagingEntityNotFound);
}
