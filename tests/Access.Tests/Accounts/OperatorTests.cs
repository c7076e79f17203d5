using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

/// <summary>What who runs the server does to what belongs to others: by the pages, by the API, and in the log.</summary>
public partial class OperatorTests(ServerHost host)
{
    private const string Notice = "data-testid=\"peers-off\"";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Peers_are_switched_off_for_a_publisher_told_to_it_and_logged()
    {
        using PortalBrowser server = await PortalBrowser.OperatorAsync(host);
        using HttpClient api = host.Client(host.OperatorKey);
        JsonElement made = await ServerHost.PostAsync(api, "/api/v1/publishers", new { name = "Switched" });
        string id = made.GetProperty("id").GetString()!;
        using PortalBrowser owner = await host.JoinAsync(
            made.GetProperty("ownerInvitation").GetString()!,
            "switched owner"
        );
        string key = await owner.MakeKeyAsync("read", "upload");
        string file = await host.PublishAsync("switched.mp4", "Switched", key);
        string infoHash = await InfoHashAsync(key, file);
        Assert.Equal(1, await PeersToldAsync(infoHash, 2));
        Assert.DoesNotContain(Notice, await owner.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);

        using HttpResponseMessage off = await server.SubmitAsync("/server/publishers", $"peers-{id}");

        Assert.Equal("/server/publishers?saved=off", off.Headers.Location?.OriginalString);
        Assert.Equal(0, await PeersToldAsync(infoHash, 2));
        Assert.Contains(Notice, await owner.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);
        Assert.DoesNotContain(Notice, await server.Client.GetStringAsync("/", Stop), StringComparison.Ordinal);
        JsonElement peers = await api.GetFromJsonAsync<JsonElement>("/api/v1/server/peers", Stop);
        Assert.False(peers.GetProperty("off").GetBoolean());
        Assert.Contains(peers.GetProperty("publishersOff").EnumerateArray(), one => one.GetString() == id);

        using HttpResponseMessage on = await api.PatchAsJsonAsync(
            $"/api/v1/publishers/{id}",
            new { peersOff = false },
            Stop
        );

        Assert.False((await on.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("peersOff").GetBoolean());
        Assert.Equal(1, await PeersToldAsync(infoHash, 2));
        Assert.Equal(
            ["peers.switched-on", "peers.switched-off"],
            await ActionsAsync(owner.Client, "/api/v1/audit", entry => Text(entry, "subject") == id)
        );
    }

    [Fact]
    public async Task A_quota_refuses_what_goes_beyond_it_and_can_be_lifted()
    {
        using PortalBrowser server = await PortalBrowser.OperatorAsync(host);
        using HttpClient api = host.Client(host.OperatorKey);
        JsonElement made = await ServerHost.PostAsync(api, "/api/v1/publishers", new { name = "Bounded" });
        string id = made.GetProperty("id").GetString()!;
        Assert.Equal(0, made.GetProperty("quotaBytes").GetInt64());
        using PortalBrowser owner = await host.JoinAsync(
            made.GetProperty("ownerInvitation").GetString()!,
            "bounded owner"
        );
        using HttpClient publisher = host.Client(await owner.MakeKeyAsync("read", "upload"));

        using HttpResponseMessage set = await server.SubmitAsync(
            "/server/publishers",
            $"quota-{id}",
            ("quota", "0.000001")
        );
        Assert.Equal("/server/publishers?saved=quota", set.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await UploadAsync(publisher, 1001));
        Assert.Equal(HttpStatusCode.Created, await UploadAsync(publisher, 1000));
        using HttpResponseMessage wrong = await server.SubmitAsync(
            "/server/publishers",
            $"quota-{id}",
            ("quota", "much")
        );
        Assert.Contains("role=\"alert\"", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await UploadAsync(publisher, 1));
        using HttpResponseMessage lifted = await api.PatchAsJsonAsync(
            $"/api/v1/publishers/{id}",
            new { quotaBytes = -1 },
            Stop
        );
        Assert.False(
            (await lifted.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("quotaIsOwn").GetBoolean()
        );
        Assert.Equal(HttpStatusCode.Created, await UploadAsync(publisher, 1));
        foreach (object body in new object[] { new { quotaBytes = -2 }, new { peersOff = "yes" } })
        {
            using HttpResponseMessage bad = await api.PatchAsJsonAsync($"/api/v1/publishers/{id}", body, Stop);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }
        using HttpResponseMessage nobody = await api.PatchAsJsonAsync(
            "/api/v1/publishers/x",
            new { quotaBytes = 1 },
            Stop
        );
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Fact]
    public async Task The_operators_takedown_says_why_and_only_the_operator_undoes_it()
    {
        using PortalBrowser server = await PortalBrowser.OperatorAsync(host);
        using PortalBrowser editor = await host.MemberAsync("editor");
        string file = await host.PublishAsync("order.mp4", "Order");
        JsonElement links = await editor.Client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop);

        // Whoever complains has a link: any of them finds the file.
        foreach (string link in new[] { "magnetUri", "torrentUrl", "watchUrl", "downloadUrl" })
        {
            string page = await server.Client.GetStringAsync(
                $"/server/takedowns?link={Uri.EscapeDataString(Text(links, link))}",
                Stop
            );
            Assert.Contains("value=\"take-down\"", page, StringComparison.Ordinal);
        }
        using HttpResponseMessage down = await server.SubmitAsync(
            $"/server/takedowns?link={file}",
            "take-down",
            ("reason", "A court said so.")
        );
        Assert.Equal("/server/takedowns?saved=down", down.Headers.Location?.OriginalString);

        string shown = await editor.Client.GetStringAsync($"/files/{file}", Stop);
        Assert.Contains("A court said so.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"restore\"", shown, StringComparison.Ordinal);
        using HttpResponseMessage refused = await editor.Client.PostAsync($"/api/v1/files/{file}/restore", null, Stop);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using HttpClient api = host.Client(host.OperatorKey);
        JsonElement listed = (await api.GetFromJsonAsync<JsonElement>("/api/v1/server/takedowns", Stop))
            .GetProperty("items")
            .EnumerateArray()
            .Single(one => Text(one, "fileId") == file);
        Assert.Equal("A court said so.", Text(listed, "reason"));
        Assert.True(listed.GetProperty("canBeUndone").GetBoolean());

        using HttpResponseMessage back = await server.SubmitAsync("/server/takedowns", $"restore-{file}");

        Assert.Equal("/server/takedowns?saved=restored", back.Headers.Location?.OriginalString);
        Assert.Equal(
            "published",
            Text(await editor.Client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop), "state")
        );
        Assert.Equal(
            ["file.restored", "file.taken-down"],
            (await ActionsAsync(api, "/api/v1/audit", entry => Text(entry, "subject") == file)).Take(2)
        );
    }

    [Fact]
    public async Task The_api_takes_down_and_undoes_and_says_what_is_wrong()
    {
        using HttpClient api = host.Client(host.OperatorKey);
        string file = await host.PublishAsync("by-api.mp4", "By API", host.OtherOwnerKey);
        foreach (object body in new object[] { new { file }, new { file, reason = " " }, new { reason = "x" } })
        {
            using HttpResponseMessage bad = await api.PostAsJsonAsync("/api/v1/server/takedowns", body, Stop);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }
        using HttpResponseMessage unknown = await api.PostAsJsonAsync(
            "/api/v1/server/takedowns",
            new { file = "https://elsewhere.example/watch/0123456789abcdef0123456789abcdef", reason = "x" },
            Stop
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        JsonElement down = await ServerHost.PostAsync(api, "/api/v1/server/takedowns", new { file, reason = "x" });
        Assert.Equal(host.OtherPublisherId, Text(down, "publisherId"));

        using HttpResponseMessage undone = await api.DeleteAsync($"/api/v1/server/takedowns/{file}", Stop);

        Assert.Equal(HttpStatusCode.NoContent, undone.StatusCode);
        using HttpClient other = host.Client(host.OtherOwnerKey);
        Assert.Equal(
            "published",
            Text(await other.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop), "state")
        );
    }

    [Fact]
    public async Task A_token_is_shown_once_and_what_becomes_of_edges_is_logged()
    {
        using PortalBrowser server = await PortalBrowser.OperatorAsync(host);
        using HttpClient api = host.Client(host.OperatorKey);
        string node = $"edge-{Guid.NewGuid():N}"[..20];

        using HttpResponseMessage made = await server.SubmitAsync("/server/edges", "token");

        string token = TokenText().Match(await made.Content.ReadAsStringAsync(Stop)).Value;
        Assert.Contains("no-store", made.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            token,
            await server.Client.GetStringAsync("/server/edges", Stop),
            StringComparison.Ordinal
        );
        using HttpResponseMessage enrolled = await api.PostAsJsonAsync(
            "/api/v1/edge-enrolments",
            new
            {
                token,
                nodeId = node,
                keyDigest = new string('a', 64),
            },
            Stop
        );
        Assert.Equal(HttpStatusCode.NoContent, enrolled.StatusCode);
        using HttpResponseMessage drained = await api.PostAsync($"/api/v1/edges/{node}/drain", null, Stop);
        Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        foreach (string step in new[] { "activate", "drain", "retire" })
        {
            using HttpResponseMessage answer = await server.SubmitAsync("/server/edges", $"{step}-{node}");
            Assert.Equal($"/server/edges?saved={step}", answer.Headers.Location?.OriginalString);
        }
        string page = await server.Client.GetStringAsync("/server/edges", Stop);
        Assert.Contains($"data-node=\"{node}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"value=\"activate-{node}\"", page, StringComparison.Ordinal);
        Assert.Equal(
            ["edge.retired", "edge.drained", "edge.activated", "edge.drained"],
            await ActionsAsync(api, "/api/v1/server/audit", entry => Text(entry, "subject") == node)
        );
    }

    private static async Task<HttpStatusCode> UploadAsync(HttpClient publisher, int size)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Length", size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        create.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String("a.mp4"u8)}");
        using HttpResponseMessage answer = await publisher.SendAsync(create, Stop);
        return answer.StatusCode;
    }

    private async Task<string> InfoHashAsync(string key, string file)
    {
        using HttpClient publisher = host.Client(key);
        return Text(await publisher.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Stop), "infoHash");
    }

    /// <summary>How many peers a second viewer hears of once a first is there.</summary>
    private async Task<int> PeersToldAsync(string infoHash, int viewers)
    {
        using HttpClient client = host.Client();
        string reply = "";
        for (int viewer = 1; viewer <= viewers; viewer++)
        {
            string hash = string.Concat(Convert.FromHexString(infoHash).Select(one => $"%{one:X2}"));
            reply = Encoding.Latin1.GetString(
                await client.GetByteArrayAsync(
                    $"/announce?info_hash={hash}&peer_id=-XX0001-00000000000{viewer}&port={7000 + viewer}"
                        + "&uploaded=0&downloaded=0&left=5&compact=1&event=started",
                    Stop
                )
            );
        }
        Match peers = PeersText().Match(reply);
        Assert.True(peers.Success, reply);
        return int.Parse(peers.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) / 6;
    }

    private static async Task<List<string>> ActionsAsync(
        HttpClient client,
        string log,
        Func<JsonElement, bool> isWanted
    ) =>
        [
            .. (await client.GetFromJsonAsync<JsonElement>($"{log}?limit=200", Stop))
                .GetProperty("items")
                .EnumerateArray()
                .Where(isWanted)
                .Select(entry => Text(entry, "action")),
        ];

    private static string Text(JsonElement json, string property) => json.GetProperty(property).GetString() ?? "";

    [GeneratedRegex("dst_enrol_[A-Za-z0-9_-]{43}")]
    private static partial Regex TokenText();

    [GeneratedRegex("5:peers([0-9]+):")]
    private static partial Regex PeersText();
}
