// A round trip with the client that NSwag makes: its argument is the API's address, it prints what it saw.
using Eligibility;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

const string Customer = "C-nswag";
var client = new Client(new HttpClient()) { BaseUrl = args[0] };

Event SpendIn(int year) => new()
{
    Specversion = "1.0",
    Id = "nswag",
    Source = "/generated",
    Type = EventType.Fasttrack_spend_updated_v1,
    Time = new DateTimeOffset(year, 5, 30, 9, 30, 0, TimeSpan.Zero),
    Data = new() { CustomerId = Customer, LicenceId = "L-1", Application = "sales", AnnualAmount = "184000.00", Currency = "USD", NewDeployment = true },
};

Event Project() => new()
{
    Specversion = "1.0",
    Id = "nswag-project",
    Source = "/generated",
    Type = EventType.Fasttrack_project_updated_v1,
    Time = new DateTimeOffset(2026, 5, 30, 9, 30, 0, TimeSpan.Zero),
    Data = new() { CustomerId = Customer, ProjectId = "J-1", Applications = ["sales"], InitiatedOn = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), Status = EventDataStatus.Planned },
};

async Task<Decision> FirstDecision()
{
    for (var end = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(50))
    {
        try { return await client.GetEligibilityAsync(Customer, null); }
        catch (ApiException<Problem> refusal) when (refusal.StatusCode == 404 && DateTime.UtcNow < end) { }
    }
}

async Task<List<string>> EveryCustomer()
{
    var found = new List<string>();
    CustomerItemPage page = null;
    do
    {
        page = await client.ListCustomersAsync(10, page?.Next);
        found.AddRange(page.Items.Select(each => each.CustomerId));
    } while (page.Next != null);
    return found;
}

async Task<Problem> Refused()
{
    try { await client.PostEventsAsync([SpendIn(2099)]); }
    catch (ApiException<Problem> refusal) { return refusal.Result; }
    throw new Exception("an event of 2099 was accepted");
}

var accepted = await client.PostEventsAsync([SpendIn(2026), Project()]);
var decision = await FirstDecision();
var eligible = await client.GetEligibilityAsync("C-1001", new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
var customers = await EveryCustomer();
var more = new GivenLicence { LicenceId = "L-2", Application = "sales", AnnualAmount = "100000", Currency = "USD", NewDeployment = true };
var whatIf = await client.CheckAsync(new Question { CustomerId = "C-1002", Customer = new GivenCustomer { Licences = [more] } });
var problem = await Refused();
var document = (await client.GetRuleSetAsync(1)).Document;
((JObject)document.Criteria)["criteria"][0]["amount"] = "320000";
var draft = await client.PostRuleSetAsync(new Draft { Document = document, Note = "nswag" });
Console.WriteLine(JsonConvert.SerializeObject(new
{
    accepted = accepted.Accepted,
    first = new[] { decision.CustomerId, decision.Status.ToString().ToLowerInvariant() },
    customer = await client.GetCustomerAsync("C-1002"),
    eligible,
    customers,
    whatIf,
    problem = new { status = problem.Status, path = problem.Errors.First().Path },
    draft = new { version = draft.Version, state = draft.State.ToString().ToLowerInvariant(), amount = ((JObject)draft.Document.Criteria)["criteria"][0]["amount"] },
}));
