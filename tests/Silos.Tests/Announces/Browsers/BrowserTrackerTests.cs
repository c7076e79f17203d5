using System.Net.WebSockets;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Tests.Announces.Browsers;

/// <summary>The WebSocket tracker over real sockets.</summary>
[Collection(SiloCollection.Name)]
public sealed class BrowserTrackerTests(SiloFixture silo)
{
    private HttpClient Http => silo.Host.Http;

    [Fact]
    public async Task Browsers_find_each_other()
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-find")).Content!.InfoHash;
        await using TestBrowser one = await OpenAsync("ws-find-one");
        await using TestBrowser two = await OpenAsync("ws-find-two");

        JsonElement first = await one.AnnounceAsync(file, null, "started", offers: 5);
        Assert.Equal((0, 1), Counts(first));
        Assert.InRange(first.GetProperty("interval").GetInt32(), 60, 90);
        JsonElement second = await two.AnnounceAsync(file, SiloHost.Size, "started", offers: 5);
        Assert.Equal((0, 2), Counts(second));

        JsonElement offered = await one.HearAsync();
        Assert.Equal("announce", offered.GetProperty("action").GetString());
        Assert.Equal(TestBrowser.Text(two.Id.AsSpan()), offered.GetProperty("peer_id").GetString());
        Assert.Equal(TestBrowser.Text(file.AsSpan()), offered.GetProperty("info_hash").GetString());
        Assert.Equal("sdp-0", offered.GetProperty("offer").GetProperty("sdp").GetString());

        await one.AnswerAsync(file, two.Id, offered.GetProperty("offer_id").GetString()!);
        JsonElement answered = await two.HearAsync();
        Assert.Equal(TestBrowser.Text(one.Id.AsSpan()), answered.GetProperty("peer_id").GetString());
        Assert.Equal("offer-0", answered.GetProperty("offer_id").GetString());
        Assert.Equal("answered", answered.GetProperty("answer").GetProperty("sdp").GetString());
    }

    [Fact]
    public async Task Browsers_are_told_of_browsers_alone_and_count_with_all()
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-kinds")).Content!.InfoHash;
        await Http.AnnounceAsync(file, "ws-kinds-dialled", 1001, SiloHost.Size);
        await using TestBrowser one = await OpenAsync("ws-kinds-one");
        await using TestBrowser seed = await OpenAsync("ws-kinds-seed");

        Assert.Equal((0, 2), Counts(await one.AnnounceAsync(file, SiloHost.Size, "started", offers: 3)));
        Assert.Equal((1, 2), Counts(await seed.AnnounceAsync(file, 0, "started")));

        HttpAnnounceReply dialled = await Http.AnnounceAsync(file, "ws-kinds-other", 1002, SiloHost.Size);
        Assert.Equal(["127.0.0.1:1001"], dialled.Peers.Select(static peer => peer.Endpoint.ToString()));
        Assert.Equal((1, 3), (dialled.Complete, dialled.Incomplete));
        Assert.Equal(new TrackerScrapeEntry(file, 1, 0, 3), await Http.ScrapeAsync(file));
    }

    [Fact]
    public async Task A_socket_that_closes_leaves_its_swarms_at_once()
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-close")).Content!.InfoHash;
        InfoHash other = (await silo.Host.PublishAsync("ws-close-other")).Content!.InfoHash;
        await using TestBrowser watcher = await OpenAsync("ws-close-watcher");
        TestBrowser polite = await OpenAsync("ws-close-polite");
        TestBrowser gone = await OpenAsync("ws-close-gone");
        await polite.AnnounceAsync(file, SiloHost.Size, "started");
        await polite.AnnounceAsync(other, SiloHost.Size, "started");
        await gone.AnnounceAsync(file, 0, "started");
        Assert.Equal((1, 2), Counts(await watcher.AnnounceAsync(file, SiloHost.Size, "started")));

        // It says so, and then its socket says it again: it counts once.
        await polite.AnnounceAsync(file, SiloHost.Size, "stopped");
        Assert.Equal((1, 1), Counts(await watcher.AnnounceAsync(file, SiloHost.Size)));
        await polite.CloseAsync();
        gone.Vanish();

        await UntilAsync(async () => await Http.ScrapeAsync(file) == new TrackerScrapeEntry(file, 0, 0, 1));
        await UntilAsync(async () => await Http.ScrapeAsync(other) == new TrackerScrapeEntry(other, 0, 0, 0));
        await polite.DisposeAsync();
        await gone.DisposeAsync();
    }

    [Fact]
    public async Task Its_sessions_are_booked_once_whatever_the_transport()
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-books")).Content!.InfoHash;
        await using (TestBrowser first = await OpenAsync("ws-books"))
        {
            await first.AnnounceAsync(file, SiloHost.Size, "started");
            await first.AnnounceAsync(file, 400_000);
        }
        await using TestBrowser again = await OpenAsync("ws-books");
        await again.AnnounceAsync(file, 400_000, "started");
        await again.AnnounceAsync(file, 0, "completed");
        // A client of both kinds says everything twice.
        await Http.AnnounceAsync(file, "ws-books", 1001, 0, "&event=completed");
        // An answer is no announce.
        await again.AnswerAsync(file, LedgerHarness.Peer("nobody"), "x");
        JsonElement last = await again.AnnounceAsync(file, 0);

        Assert.True(last.GetProperty("complete").GetInt32() >= 1);
        ReportBytes bytes = (await silo.Host.ReportAsync("ws-books")).Bytes;
        Assert.Equal(SiloHost.Size, bytes.Delivered.High);
        Assert.Equal(1, (await Http.ScrapeAsync(file)).Downloaded);
    }

    [Fact]
    public async Task A_scrape_names_one_swarm_or_several()
    {
        InfoHash one = (await silo.Host.PublishAsync("ws-scrape-1")).Content!.InfoHash;
        InfoHash two = (await silo.Host.PublishAsync("ws-scrape-2")).Content!.InfoHash;
        await using TestBrowser browser = await OpenAsync("ws-scrape");
        await browser.AnnounceAsync(one, 0, "started");

        await browser.SayAsync(new { action = "scrape", info_hash = TestBrowser.Text(one.AsSpan()) });
        JsonElement single = (await browser.HearAsync()).GetProperty("files");
        Assert.Equal(1, single.GetProperty(TestBrowser.Text(one.AsSpan())).GetProperty("complete").GetInt32());

        string[] names =
        [
            TestBrowser.Text(one.AsSpan()),
            TestBrowser.Text(two.AsSpan()),
            TestBrowser.Text(LedgerHarness.HashOf("never published").AsSpan()),
        ];
        await browser.SayAsync(new { action = "scrape", info_hash = names });
        JsonElement several = (await browser.HearAsync()).GetProperty("files");
        Assert.Equal(names[..2].Order(), several.EnumerateObject().Select(static file => file.Name).Order());
    }

    [Fact]
    public async Task Only_published_files_are_tracked()
    {
        PublishedFile published = await silo.Host.PublishAsync("ws-taken-down");
        await using TestBrowser browser = await OpenAsync("ws-taken-down");
        InfoHash file = published.Content!.InfoHash;
        await browser.AnnounceAsync(file, SiloHost.Size, "started");
        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("ws-taken-down").UnpublishAsync();

        foreach (InfoHash closed in (InfoHash[])[file, LedgerHarness.HashOf("ws-never")])
        {
            JsonElement reply = await browser.AnnounceAsync(closed, SiloHost.Size, offers: 1);
            Assert.Equal("unregistered torrent", reply.GetProperty("failure reason").GetString());
            Assert.Equal(TestBrowser.Text(closed.AsSpan()), reply.GetProperty("info_hash").GetString());
        }
    }

    [Fact]
    public async Task With_a_policy_of_no_peers_nothing_is_relayed()
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-no-peers")).Content!.InfoHash;
        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("ws-no-peers").UpdateAsync(null, PeerPolicy.Off);
        await using TestBrowser one = await OpenAsync("ws-no-peers-one");
        await using TestBrowser two = await OpenAsync("ws-no-peers-two");
        await one.AnnounceAsync(file, SiloHost.Size, "started");

        await two.AnnounceAsync(file, SiloHost.Size, "started", offers: 5);
        await two.AnswerAsync(file, one.Id, "made up");
        await two.AnnounceAsync(file, SiloHost.Size);

        // The next that it hears is the reply to its own announce.
        Assert.True((await one.AnnounceAsync(file, SiloHost.Size)).TryGetProperty("interval", out _));
    }

    [Fact]
    public async Task Nobody_answers_from_outside_the_swarm()
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-outside")).Content!.InfoHash;
        await using TestBrowser inside = await OpenAsync("ws-outside-one");
        await using TestBrowser outside = await OpenAsync("ws-outside-two");
        await inside.AnnounceAsync(file, SiloHost.Size, "started");

        await outside.AnswerAsync(file, inside.Id, "x");

        Assert.Equal(
            "announce before you answer",
            (await outside.HearAsync()).GetProperty("failure reason").GetString()
        );
    }

    [Theory]
    [InlineData("nonsense", "a message is JSON")]
    [InlineData("{\"action\":\"dance\"}", "unknown action")]
    [InlineData("[1,2]", "a message is a JSON object")]
    public async Task What_cannot_be_read_is_refused_and_the_socket_goes_on(string text, string expected)
    {
        InfoHash file = (await silo.Host.PublishAsync("ws-refused")).Content!.InfoHash;
        await using TestBrowser browser = await OpenAsync("ws-refused");

        await browser.SayTextAsync(text);
        Assert.Equal(expected, (await browser.HearAsync()).GetProperty("failure reason").GetString());
        await browser.SayTextAsync(text, WebSocketMessageType.Binary);
        Assert.Equal(
            "a message is text, not binary",
            (await browser.HearAsync()).GetProperty("failure reason").GetString()
        );

        Assert.Equal((0, 1), Counts(await browser.AnnounceAsync(file, SiloHost.Size, "started")));
    }

    [Fact]
    public async Task What_is_too_long_closes_the_socket()
    {
        await using TestBrowser browser = await OpenAsync("ws-long");

        await browser.SayTextAsync(new string(' ', 64 * 1024 + 1));

        Assert.Equal(
            "a message has at most 65536 bytes",
            (await browser.HearAsync()).GetProperty("failure reason").GetString()
        );
        Assert.Null(await browser.TryHearAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, browser.CloseStatus);
    }

    [Fact]
    public async Task Plain_requests_still_reach_the_http_tracker()
    {
        string body = await Http.GetStringAsync("/announce", TestContext.Current.CancellationToken);

        Assert.Equal("d14:failure reason17:missing info_hashe", body);
    }

    [Fact]
    public async Task Every_socket_is_given_back()
    {
        BrowserSockets sockets = silo.Host.Services.GetRequiredService<BrowserSockets>();
        // Those of the test before.
        await UntilAsync(() => Task.FromResult(sockets.Count == 0));
        TestBrowser one = await OpenAsync("ws-back-one");
        TestBrowser two = await OpenAsync("ws-back-two");
        Assert.Equal(2, sockets.Count);

        await one.CloseAsync();
        two.Vanish();

        await UntilAsync(() => Task.FromResult(sockets.Count == 0));
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    private Task<TestBrowser> OpenAsync(string name) => TestBrowser.OpenAsync(Http.BaseAddress!, name);

    private static (int Complete, int Incomplete) Counts(JsonElement reply) =>
        (reply.GetProperty("complete").GetInt32(), reply.GetProperty("incomplete").GetInt32());

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(20, limit.Token);
    }
}
