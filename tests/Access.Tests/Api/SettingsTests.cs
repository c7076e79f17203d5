using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Api;

/// <summary>What a publisher sets for all of its files. The other publisher's, so that no other test hears of it.</summary>
public class SettingsTests(ServerHost host)
{
    private const string Path = "/api/v1/settings";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_replaced_whole_as_they_were_read_and_hold_for_new_files_and_reports()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        using HttpClient owner = host.Client(host.OperatorKey);
        string before = await host.PublishAsync("before.mp4", "before", host.OtherOwnerKey);
        using HttpResponseMessage read = await other.GetAsync(Path, Stop);
        JsonElement settings = await read.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal("everyone", settings.GetProperty("defaultPolicy").GetString());
        string tag = read.Headers.ETag!.ToString();
        object wish = new { defaultPolicy = "off", contract = Contract() };

        using HttpResponseMessage blind = await PutAsync(other, null, wish);
        using HttpResponseMessage bad = await PutAsync(other, tag, new { defaultPolicy = "off", contract = new { } });
        using HttpResponseMessage half = await PutAsync(other, tag, new { defaultPolicy = "off" });
        using HttpResponseMessage done = await PutAsync(other, tag, wish);
        using HttpResponseMessage late = await PutAsync(other, tag, wish);

        Assert.Equal(HttpStatusCode.PreconditionRequired, blind.StatusCode);
        await AssertProblemAsync(blind, "if-match-missing");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("contract: $", await bad.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        string after = await host.PublishAsync("after.mp4", "after", host.OtherOwnerKey);
        string mine = await host.PublishAsync("mine.mp4", "mine");
        Assert.Equal("off", await PolicyAsync(other, after));
        Assert.Equal("everyone", await PolicyAsync(other, before));
        Assert.Equal("everyone", await PolicyAsync(owner, mine));
        Assert.Equal("XTS", (await ReportAsync(other)).GetProperty("currency").GetString());
        Assert.Equal("USD", (await ReportAsync(owner)).GetProperty("currency").GetString());
        JsonElement month = await other.GetFromJsonAsync<JsonElement>(
            $"/api/v1/statement/{TimeProvider.System.GetUtcNow():yyyy-MM}",
            Stop
        );
        Assert.Contains("XTS", month.GetRawText(), StringComparison.Ordinal);
        using HttpResponseMessage back = await PutAsync(
            other,
            done.Headers.ETag!.ToString(),
            new { defaultPolicy = "everyone", contract = (object?)null }
        );
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.Equal("USD", (await ReportAsync(other)).GetProperty("currency").GetString());
    }

    private static JsonNode Contract() =>
        JsonNode.Parse(
            """
            {"id":"own","name":"As agreed","currency":"XTS","terms":[{"traffic":[{"plan":"graduated","tiers":[{"perGigabyte":0.05}]}]}]}
            """
        )!;

    private static Task<JsonElement> ReportAsync(HttpClient client) =>
        client.GetFromJsonAsync<JsonElement>("/api/v1/report", Stop);

    private static async Task<string?> PolicyAsync(HttpClient client, string file) =>
        (await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop)).GetProperty("policy").GetString();

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string? tag, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Path) { Content = JsonContent.Create(body) };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await client.SendAsync(request, Stop);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, string name)
    {
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal($"urn:distribution:problem:{name}", problem.GetProperty("type").GetString());
    }
}
