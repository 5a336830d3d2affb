// A round trip with the client that Kiota makes: its argument is the API's address, it prints what it saw.
using System.Text.Json.Nodes;
using Eligibility;
using Eligibility.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

const string Customer = "C-kiota";
var client = new Client(new HttpClientRequestAdapter(new AnonymousAuthenticationProvider()) { BaseUrl = args[0] });

Event SpendIn(int year) => new()
{
    Specversion = "1.0",
    Id = "kiota",
    Source = "/generated",
    Type = Event_type.FasttrackSpendUpdatedV1,
    Time = new DateTimeOffset(year, 5, 30, 9, 30, 0, TimeSpan.Zero),
    Data = new() { CustomerId = Customer, LicenceId = "L-1", Application = "sales", AnnualAmount = "184000.00", Currency = "USD", NewDeployment = true },
};

Event Project() => new()
{
    Specversion = "1.0",
    Id = "kiota-project",
    Source = "/generated",
    Type = Event_type.FasttrackProjectUpdatedV1,
    Time = new DateTimeOffset(2026, 5, 30, 9, 30, 0, TimeSpan.Zero),
    Data = new() { CustomerId = Customer, ProjectId = "J-1", Applications = ["sales"], InitiatedOn = new Date(2026, 7, 1), Status = EventData_status.Planned },
};

async Task<Decision> FirstDecision()
{
    for (var end = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(50))
    {
        try { return await client.Customers[Customer].Eligibility.GetAsync(); }
        catch (Problem refusal) when (refusal.ResponseStatusCode == 404 && DateTime.UtcNow < end) { }
    }
}

async Task<List<string>> EveryCustomer()
{
    var found = new List<string>();
    CustomerItemPage page = null;
    do
    {
        page = await client.Customers.GetAsync(request =>
        {
            request.QueryParameters.Limit = 10;
            request.QueryParameters.After = page?.Next;
        });
        found.AddRange(page.Items.Select(each => each.CustomerId));
    } while (page.Next != null);
    return found;
}

async Task<Problem> Refused()
{
    try { await client.Events.PostAsync([SpendIn(2099)]); }
    catch (Problem refusal) { return refusal; }
    throw new Exception("an event of 2099 was accepted");
}

async Task<JsonNode> Json(IParsable value) => JsonNode.Parse(await KiotaSerializer.SerializeAsStringAsync("application/json", value, false));

var accepted = await client.Events.PostAsync([SpendIn(2026), Project()]);
var decision = await FirstDecision();
var eligible = await client.Customers["C-1001"].Eligibility.GetAsync(request => request.QueryParameters.On = new Date(2026, 5, 1));
var customers = await EveryCustomer();
var more = new GivenLicence { LicenceId = "L-2", Application = "sales", AnnualAmount = "100000", Currency = "USD", NewDeployment = true };
var whatIf = await client.Check.PostAsync(new Question { CustomerId = "C-1002", Customer = new GivenCustomer { Licences = [more] } });
var problem = await Refused();
var rules = (await client.RuleSets[1].GetAsync()).Document;
var stricter = await Json(rules);
stricter["criteria"]["criteria"][0]["amount"] = "320000";
var document = await KiotaSerializer.DeserializeAsync("application/json", stricter.ToJsonString(), RuleSet.CreateFromDiscriminatorValue);
var draft = await client.RuleSets.PostAsync(new Draft { Document = document, Note = "kiota" });
Console.WriteLine(new JsonObject
{
    ["accepted"] = accepted.Accepted,
    ["first"] = new JsonArray(decision.CustomerId, decision.Status.ToString().ToLowerInvariant()),
    ["customer"] = await Json(await client.Customers["C-1002"].GetAsync()),
    ["eligible"] = await Json(eligible),
    ["customers"] = new JsonArray([.. customers.Select(each => (JsonNode)each)]),
    ["whatIf"] = await Json(whatIf),
    ["problem"] = new JsonObject { ["status"] = problem.Status, ["path"] = problem.Errors.First().Path },
    ["draft"] = new JsonObject
    {
        ["version"] = draft.Version,
        ["state"] = draft.State.ToString().ToLowerInvariant(),
        ["amount"] = (string)(await Json(draft.Document))["criteria"]["criteria"][0]["amount"],
    },
}.ToJsonString());
