using System.Net;
using System.Text.Json;
using Distribution.Access.Tests.Hosting;

namespace Distribution.Access.Tests.Accounts;

/// <summary>Streams that are open when their reader loses the right to read.</summary>
public class LiveRevocationTests(ServerHost host)
{
    /// <summary>Without a check a stream goes on for ten minutes.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_end_when_the_key_is_revoked_the_member_removed_or_signed_out_everywhere()
    {
        string file = await host.PublishAsync("live.mp4", "live");
        using HttpClient owner = host.Client(host.OperatorKey);
        JsonElement made = await ServerHost.PostAsync(
            owner,
            "/api/v1/keys",
            new { name = "live", scopes = new[] { "read" } }
        );
        using HttpClient byKey = host.Client(made.GetProperty("secret").GetString());
        using HttpClient stays = host.Client(await host.KeyAsync("read"));
        using PortalBrowser removed = await host.MemberAsync("analyst");
        string removedId = await host.AccountIdAsync(removed);
        using PortalBrowser signedOut = await host.MemberAsync("analyst");
        using StreamReader keyStream = await OpenAsync(byKey, file);
        using StreamReader staysStream = await OpenAsync(stays, file);
        using StreamReader ownerStream = await OpenAsync(owner, file);
        using StreamReader removedStream = await OpenAsync(removed.Client, file);
        using StreamReader signedOutStream = await OpenAsync(signedOut.Client, file);

        await owner.DeleteAsync($"/api/v1/keys/{made.GetProperty("id").GetString()}", Stop);
        await owner.DeleteAsync($"/api/v1/members/{removedId}", Stop);
        using HttpResponseMessage everywhere = await signedOut.SubmitAsync("/account", "everywhere");
        await EndAsync(keyStream);
        await EndAsync(removedStream);
        await EndAsync(signedOutStream);

        // The others are read on: an end would show as null, and what comes next is a heartbeat at the latest.
        Assert.NotNull(await staysStream.ReadLineAsync(Stop));
        Assert.NotNull(await ownerStream.ReadLineAsync(Stop));
        using HttpResponseMessage again = await byKey.GetAsync($"/api/v1/files/{file}/live", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client, string file)
    {
        HttpResponseMessage answer = await client.GetAsync(
            $"/api/v1/files/{file}/live",
            HttpCompletionOption.ResponseHeadersRead,
            Stop
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        Assert.NotNull(await reader.ReadLineAsync(Stop));
        return reader;
    }

    private static async Task EndAsync(StreamReader stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(Seconds);
        while (await stream.ReadLineAsync(limit.Token) is not null) { }
    }
}
