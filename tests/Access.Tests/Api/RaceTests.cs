using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Api;

/// <summary>Two changes of the same thing, sent at once with the tag that both have read: exactly one is made.</summary>
public class RaceTests(ServerHost host)
{
    /// <summary>Of each kind; a check that is not part of the change lets both of nearly every pair pass.</summary>
    private const int Pairs = 8;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_who_set_the_holdout_one_does()
    {
        using PublisherOfOne one = await PublisherOfOne.MakeAsync(host);
        await RaceAsync(one.Client, "/api/v1/holdout", HttpMethod.Put, i => new { percent = 1 + i });
    }

    [Fact]
    public async Task Of_two_who_change_a_collection_one_does()
    {
        using HttpClient other = host.Client(host.OtherOwnerKey);
        const string path = "/api/v1/collections/raced";
        string[] files =
        [
            await host.PublishAsync("first.mp4", "first", host.OtherOwnerKey),
            await host.PublishAsync("second.mp4", "second", host.OtherOwnerKey),
            await host.PublishAsync("third.mp4", "third", host.OtherOwnerKey),
        ];
        using HttpResponseMessage made = await other.PutAsJsonAsync(path, new { files }, Stop);
        // Each pair finds one of the other two sets there, so that what is sent is always a change.
        await RaceAsync(
            other,
            path,
            HttpMethod.Put,
            i => new { files = i / 2 % 2 == 0 ? new[] { files[i % 2] } : [files[i % 2], files[2]] }
        );
        using HttpResponseMessage gone = await other.DeleteAsync(path, Stop);
    }

    [Fact]
    public async Task Of_two_who_give_a_publisher_a_quota_one_does()
    {
        using HttpClient operators = host.Client(host.OperatorKey);
        using PublisherOfOne one = await PublisherOfOne.MakeAsync(host);
        await RaceAsync(
            operators,
            $"/api/v1/publishers/{one.Id}",
            HttpMethod.Patch,
            i => new { quotaBytes = 1_000_000_000L + i, peersOff = i % 4 < 2 }
        );
    }

    [Fact]
    public async Task Of_two_who_throw_the_servers_switch_one_does()
    {
        // A server of its own: others have swarms.
        await using var server = new ServerHost();
        await server.InitializeAsync();
        using HttpClient operators = server.Client(server.OperatorKey);
        await RaceAsync(operators, "/api/v1/server/peers", HttpMethod.Put, i => new { off = i / 2 % 2 == 0 });
    }

    [Fact]
    public async Task Of_two_who_undo_a_takedown_one_does()
    {
        using HttpClient operators = host.Client(host.OperatorKey);
        string file = await host.PublishAsync("undone.mp4", "undone");
        for (int pair = 0; pair < Pairs; pair++)
        {
            await ServerHost.PostAsync(operators, "/api/v1/server/takedowns", new { file, reason = $"{pair}" });
            string path = $"/api/v1/server/takedowns/{file}";
            await AssertOneAsync(operators, path, HttpMethod.Delete, (path, null), (path, null));
        }
    }

    [Fact]
    public async Task Of_two_who_rotate_or_revoke_a_key_one_does()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        for (int pair = 0; pair < Pairs; pair++)
        {
            JsonElement key = await ServerHost.PostAsync(
                owner,
                "/api/v1/keys",
                new { name = $"raced {pair}", scopes = new[] { "read" } }
            );
            string path = $"/api/v1/keys/{key.GetProperty("id").GetString()}";
            await AssertOneAsync(owner, path, HttpMethod.Post, ($"{path}/rotate", null), ($"{path}/rotate", null));
        }
    }

    [Fact]
    public async Task Of_a_change_and_an_end_of_a_webhook_one_is_made()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        for (int pair = 0; pair < Pairs; pair++)
        {
            JsonElement webhook = await ServerHost.PostAsync(
                owner,
                "/api/v1/webhooks",
                new { url = "https://example.org/", events = new[] { "statement.ready" } }
            );
            string path = $"/api/v1/webhooks/{webhook.GetProperty("id").GetString()}";
            string tag = await Conditional.TagAsync(owner, path);
            HttpResponseMessage[] answers = await Task.WhenAll(
                SendAsync(owner, HttpMethod.Delete, path, tag, null),
                SendAsync(owner, HttpMethod.Patch, path, tag, new { note = "changed" })
            );
            AssertOne(answers);
            using HttpResponseMessage gone = await owner.DeleteAsync(path, Stop);
        }
    }

    [Fact]
    public async Task Of_two_who_give_a_member_a_role_one_does()
    {
        using HttpClient owner = host.Client(host.OperatorKey);
        // The last owner could become nothing else.
        using PortalBrowser stays = await host.MemberAsync("owner");
        using PortalBrowser member = await host.MemberAsync("owner");
        await RaceAsync(
            owner,
            $"/api/v1/members/{await host.AccountIdAsync(member)}",
            HttpMethod.Patch,
            i => new { role = i / 2 % 2 == 0 ? "analyst" : "editor" }
        );
    }

    [Fact]
    public async Task Of_two_who_drain_an_edge_one_does()
    {
        using HttpClient operators = host.Client(host.OperatorKey);
        JsonElement token = await ServerHost.PostAsync(operators, "/api/v1/edge-tokens", new { });
        string node = $"raced-{Guid.NewGuid():N}";
        using HttpResponseMessage enrolled = await operators.PostAsJsonAsync(
            "/api/v1/edge-enrolments",
            new
            {
                token = token.GetProperty("token").GetString(),
                nodeId = node,
                keyDigest = new string('0', 32) + Guid.NewGuid().ToString("N"),
            },
            Stop
        );
        Assert.Equal(HttpStatusCode.NoContent, enrolled.StatusCode);
        string path = $"/api/v1/edges/{node}/state";
        await RaceAsync(operators, path, HttpMethod.Put, i => new { state = i / 2 % 2 == 0 ? "draining" : "active" });
        string stale = await Conditional.TagAsync(operators, path);
        using HttpResponseMessage retired = await SendAsync(
            operators,
            HttpMethod.Put,
            path,
            stale,
            new { state = "retired" }
        );
        using HttpResponseMessage late = await SendAsync(
            operators,
            HttpMethod.Put,
            path,
            stale,
            new { state = "active" }
        );
        using HttpResponseMessage back = await operators.PutAsJsonAsync(path, new { state = "active" }, Stop);
        using HttpResponseMessage unknown = await operators.PutAsJsonAsync(path, new { state = "asleep" }, Stop);
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.Conflict, HttpStatusCode.BadRequest],
            new[] { retired, late, back, unknown }.Select(answer => answer.StatusCode)
        );
    }

    [Fact]
    public async Task Of_two_who_replace_the_settings_one_does()
    {
        using PublisherOfOne one = await PublisherOfOne.MakeAsync(host);
        await RaceAsync(
            one.Client,
            "/api/v1/settings",
            HttpMethod.Put,
            i => new { defaultPolicy = i / 2 % 2 == 0 ? "off" : "everyone", contract = (object?)null }
        );
    }

    /// <param name="body">Of the request of that number; the two of a pair are even and odd, and neither is what is there.</param>
    private static async Task RaceAsync(HttpClient client, string path, HttpMethod method, Func<int, object> body)
    {
        for (int pair = 0; pair < Pairs; pair++)
            await AssertOneAsync(client, path, method, (path, body(2 * pair)), (path, body(2 * pair + 1)));
    }

    private static async Task AssertOneAsync(
        HttpClient client,
        string tagged,
        HttpMethod method,
        (string Path, object? Body) one,
        (string Path, object? Body) other
    )
    {
        string tag = await Conditional.TagAsync(client, tagged);
        AssertOne(
            await Task.WhenAll(
                SendAsync(client, method, one.Path, tag, one.Body),
                SendAsync(client, method, other.Path, tag, other.Body)
            )
        );
    }

    private static void AssertOne(HttpResponseMessage[] answers)
    {
        HttpStatusCode[] statuses = [.. answers.Select(answer => answer.StatusCode)];
        Assert.True(
            answers.Count(answer => answer.IsSuccessStatusCode) == 1,
            $"{string.Join(" and ", statuses)} of {answers[0].RequestMessage!.RequestUri}"
        );
        // Who comes after an end finds nothing there.
        Assert.All(
            answers.Where(answer => !answer.IsSuccessStatusCode),
            answer =>
                Assert.True(
                    answer.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound,
                    $"{answer.StatusCode}"
                )
        );
        foreach (HttpResponseMessage answer in answers)
            answer.Dispose();
    }

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string tag,
        object? body
    ) => Conditional.SendAsync(client, method, path, "If-Match", tag, body);

    /// <summary>A publisher that no other test has, and its owner's key.</summary>
    private sealed class PublisherOfOne(string id, HttpClient client) : IDisposable
    {
        public string Id => id;

        public HttpClient Client => client;

        public static async Task<PublisherOfOne> MakeAsync(ServerHost host)
        {
            using HttpClient operators = host.Client(host.OperatorKey);
            JsonElement made = await ServerHost.PostAsync(operators, "/api/v1/publishers", new { name = "Raced" });
            using PortalBrowser owner = await host.JoinAsync(
                made.GetProperty("ownerInvitation").GetString()!,
                $"raced {Guid.NewGuid():N}"
            );
            string key = await owner.MakeKeyAsync("read", "upload", "manage", "administer");
            return new PublisherOfOne(made.GetProperty("id").GetString()!, host.Client(key));
        }

        public void Dispose() => client.Dispose();
    }
}
