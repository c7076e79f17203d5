using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

public class AuditTests(ServerHost host)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_says_who_did_what_and_pages_through_it()
    {
        using PortalBrowser owner = await host.MemberAsync("owner");
        string name = (await owner.Client.GetFromJsonAsync<JsonElement>("/api/v1/access", Stop))
            .GetProperty("name")
            .GetString()!;
        string file = await host.PublishAsync("logged.mp4", "logged");
        using HttpResponseMessage policy = await owner.Client.PatchAsJsonAsync(
            $"/api/v1/files/{file}",
            new { policy = "off" },
            Stop
        );
        using HttpResponseMessage down = await owner.Client.DeleteAsync($"/api/v1/files/{file}", Stop);
        Assert.True(policy.IsSuccessStatusCode && down.IsSuccessStatusCode);
        await owner.MakeKeyAsync("read");
        using HttpResponseMessage refused = await new PortalBrowser(host).SignInAsync(name, "not the password");
        using HttpResponseMessage left = await owner.SubmitAsync("/", "/sign-out");

        using HttpClient publisher = host.Client(host.OperatorKey);
        List<JsonElement> entries = await AllAsync(publisher, "/api/v1/audit", 2);
        List<JsonElement> server = await AllAsync(publisher, "/api/v1/server/audit", 200);

        Assert.Equal(
            ["key.created", "file.unpublished", "file.policy-changed"],
            entries.Where(entry => Text(entry, "actor") == name).Select(entry => Text(entry, "action")).Take(3)
        );
        JsonElement taken = entries.First(entry =>
            Text(entry, "action") == "file.unpublished" && Text(entry, "subject") == file
        );
        Assert.Equal("logged", Text(taken, "detail"));
        Assert.Equal("127.0.0.1", Text(taken, "address"));
        Assert.All(entries, entry => Assert.Equal("default", Text(entry, "publisherId")));
        Assert.Equal(
            entries.Select(entry => entry.GetProperty("number").GetInt64()).Distinct().OrderDescending(),
            entries.Select(entry => entry.GetProperty("number").GetInt64())
        );
        string[] ofServer =
        [
            .. server.Where(entry => Text(entry, "actor") == name).Select(entry => Text(entry, "action")),
        ];
        Assert.Equal(
            [
                "session.ended",
                "session.refused",
                "key.created",
                "file.unpublished",
                "file.policy-changed",
                "session.started",
                "member.joined",
                "account.created",
            ],
            ofServer
        );
    }

    private static async Task<List<JsonElement>> AllAsync(HttpClient client, string path, int limit)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            string query = $"{path}?limit={limit}" + (cursor is null ? "" : $"&cursor={cursor}");
            JsonElement page = await client.GetFromJsonAsync<JsonElement>(query, Stop);
            all.AddRange(page.GetProperty("items").EnumerateArray());
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 0, limit);
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return all;
    }

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString() ?? "";
}
