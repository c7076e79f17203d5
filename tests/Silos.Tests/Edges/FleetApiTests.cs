using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Tests.Announces;
using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Edges;

[Collection(SiloCollection.Name)]
public sealed class FleetApiTests(SiloFixture silo)
{
    [Fact]
    public async Task A_node_enrols_reports_as_itself_alone_and_is_refused_once_retired()
    {
        InfoHash file = (await silo.Host.PublishAsync("enrolled")).Content!.InfoHash;
        string key = EdgeNodeKey.Create();
        string token = await TokenAsync();
        var enrolment = new EdgeEnrolment(token, "own-key", EdgeNodeKey.DigestOf(key));

        // Its first answer may be lost.
        Assert.Equal(HttpStatusCode.NoContent, (await EnrolAsync(enrolment)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await EnrolAsync(enrolment)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await EnrolAsync(enrolment with { NodeId = "second" })).StatusCode);

        Assert.Equal(HttpStatusCode.OK, await BeatAsync("own-key", key));
        Assert.Equal(HttpStatusCode.Forbidden, await BeatAsync("another", key));
        // The shared key speaks for no node that has one of its own.
        Assert.Equal(HttpStatusCode.Forbidden, await BeatAsync("own-key", SiloHost.EdgeKey));
        JsonElement node = await NodeAsync("own-key");
        Assert.Equal(
            ("active", true, true, "DE", 7L),
            (
                node.GetProperty("state").GetString(),
                node.GetProperty("enrolled").GetBoolean(),
                node.GetProperty("alive").GetBoolean(),
                node.GetProperty("region").GetString(),
                node.GetProperty("capacityBytesPerSecond").GetInt64()
            )
        );

        Assert.Equal("retired", (await ChangeAsync("own-key", "retire")).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, await BeatAsync("own-key", key));
        Assert.Equal(HttpStatusCode.Forbidden, await BeatAsync("own-key", SiloHost.EdgeKey, file));
        Assert.Equal(0, (await silo.Host.ReportAsync("enrolled")).Bytes.EdgeBytes);
        using HttpResponseMessage back = await PostAsync("/api/v1/edges/own-key/activate", SiloHost.EdgeKey, "");
        Assert.Equal(HttpStatusCode.Conflict, back.StatusCode);
    }

    [Fact]
    public async Task A_drained_node_is_not_handed_out_until_it_is_active_again()
    {
        InfoHash file = (await silo.Host.PublishAsync("drained")).Content!.InfoHash;
        await BeatAsync("drains", SiloHost.EdgeKey);
        try
        {
            Assert.NotEmpty(await EdgesOfAsync(file));

            Assert.Equal("draining", (await ChangeAsync("drains", "drain")).GetProperty("state").GetString());
            await BeatAsync("drains", SiloHost.EdgeKey);
            Assert.Empty(await EdgesOfAsync(file));
            Assert.Equal(0, (await NodeAsync("drains")).GetProperty("swarms").GetInt32());

            await ChangeAsync("drains", "activate");
            await BeatAsync("drains", SiloHost.EdgeKey);
            Assert.NotEmpty(await EdgesOfAsync(file));
        }
        finally
        {
            await BeatAsync("drains", SiloHost.EdgeKey, leaving: true);
        }
    }

    [Theory]
    [InlineData("/api/v1/edge-tokens", """{"expiresInSeconds":1}""", 400)]
    [InlineData("/api/v1/edge-tokens", "[]", 400)]
    [InlineData("/api/v1/edge-enrolments", "", 400)]
    [InlineData("/api/v1/edge-enrolments", "{}", 400)]
    [InlineData("/api/v1/edge-enrolments", """{"token":"dst_enrol_x","nodeId":"n","keyDigest":"x"}""", 409)]
    [InlineData("/api/v1/edges/nobody/drain", "", 404)]
    [InlineData("/api/v1/edges/NOBODY/retire", "", 404)]
    public async Task What_cannot_be_is_refused_with_the_reason(string path, string body, int status)
    {
        using HttpResponseMessage response = await PostAsync(path, SiloHost.EdgeKey, body);

        Assert.Equal(status, (int)response.StatusCode);
        using JsonDocument problem = JsonDocument.Parse(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("/api/v1/edge-tokens")]
    [InlineData("/api/v1/edges/x/drain")]
    [InlineData("/api/v1/edges/x/activate")]
    [InlineData("/api/v1/edges/x/retire")]
    public async Task Only_the_operator_may(string path)
    {
        using HttpResponseMessage response = await PostAsync(path, "wrong", "");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private async Task<string> TokenAsync()
    {
        using HttpResponseMessage response = await PostAsync("/api/v1/edge-tokens", SiloHost.EdgeKey, "");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<EdgeToken>(TestContext.Current.CancellationToken))!.Token;
    }

    private Task<HttpResponseMessage> EnrolAsync(EdgeEnrolment enrolment) =>
        PostAsync("/api/v1/edge-enrolments", "", JsonSerializer.Serialize(enrolment, JsonSerializerOptions.Web));

    private async Task<HttpStatusCode> BeatAsync(string node, string key, InfoHash? sent = null, bool leaving = false)
    {
        EdgeHeartbeat heartbeat = HeartbeatCheckTests.Heartbeat() with
        {
            Region = "DE",
            CapacityBytesPerSecond = 7,
            Leaving = leaving,
            Sends = sent is { } file
                ? [new SendCounter(file.ToString(), "127.0.0.1", SendKind.Edge, HourTable.HourOf(7200), 5)]
                : [],
        };
        using HttpResponseMessage response = await PostAsync(
            $"/api/v1/edge/{node}/heartbeat",
            key,
            JsonSerializer.Serialize(heartbeat, JsonSerializerOptions.Web)
        );
        return response.StatusCode;
    }

    private async Task<IReadOnlyList<int>> EdgesOfAsync(InfoHash file) =>
        [
            .. (await silo.Host.Http.AnnounceAsync(file, "asks", 1999, SiloHost.Size))
                .Peers.Select(static peer => peer.Endpoint.Port)
                .Where(static port => port == 6881),
        ];

    private async Task<JsonElement> NodeAsync(string node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/edges");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SiloHost.EdgeKey);
        using HttpResponseMessage response = await silo.Host.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        JsonElement list = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return list.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("id").GetString() == node);
    }

    private async Task<JsonElement> ChangeAsync(string node, string verb)
    {
        using HttpResponseMessage response = await PostAsync($"/api/v1/edges/{node}/{verb}", SiloHost.EdgeKey, "");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string key, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        if (key.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await silo.Host.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
