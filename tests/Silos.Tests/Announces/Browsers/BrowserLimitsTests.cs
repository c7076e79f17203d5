using System.Net.WebSockets;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Announces.Browsers;

/// <summary>What one browser, or one address, may use; on a silo with small limits.</summary>
[Collection(SiloCollection.Name)]
public sealed class BrowserLimitsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_address_has_so_many_sockets()
    {
        await using SiloHost host = await StartAsync(new BrowserTrackerOptions { MaxSocketsPerAddress = 2 });
        await using TestBrowser one = await OpenAsync(host, "one");
        await using TestBrowser two = await OpenAsync(host, "two");

        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(host, "three"));
        Assert.Contains("429", refused.Message, StringComparison.Ordinal);

        await two.CloseAsync();
        await using TestBrowser again = await AgainAsync(host);
    }

    [Fact]
    public async Task A_socket_is_in_so_many_swarms()
    {
        await using SiloHost host = await StartAsync(new BrowserTrackerOptions { MaxSwarmsPerSocket = 2 });
        await using TestBrowser browser = await OpenAsync(host, "one");
        InfoHash[] files = new InfoHash[3];
        for (int i = 0; i < files.Length; i++)
            files[i] = (await host.PublishAsync($"limit-{i}")).Content!.InfoHash;
        await browser.AnnounceAsync(files[0], 0, "started");
        await browser.AnnounceAsync(files[1], 0, "started");

        JsonElement refused = await browser.AnnounceAsync(files[2], 0, "started");
        Assert.Equal("too many swarms over one socket", refused.GetProperty("failure reason").GetString());
        // Those that it is in go on; one that it leaves makes room.
        Assert.True((await browser.AnnounceAsync(files[1], 0, "stopped")).TryGetProperty("interval", out _));
        Assert.True((await browser.AnnounceAsync(files[2], 0, "started")).TryGetProperty("interval", out _));
    }

    [Fact]
    public async Task Who_says_too_much_is_cut_off()
    {
        await using SiloHost host = await StartAsync(
            new BrowserTrackerOptions { MessagesPerSecond = 1, MessageBurst = 3 }
        );
        await using TestBrowser browser = await OpenAsync(host, "one");

        // Time may pass, but not a second for each of them.
        for (int i = 0; i < 30; i++)
            await browser.TrySayTextAsync("{}");
        var heard = new List<string>();
        while (await browser.TryHearAsync() is { } message)
            heard.Add(JsonDocument.Parse(message).RootElement.GetProperty("failure reason").GetString()!);

        Assert.Equal("too many messages", heard[^1]);
        Assert.All(heard[..^1], static reason => Assert.Equal("unknown action", reason));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, browser.CloseStatus);
    }

    [Fact]
    public async Task A_socket_that_nobody_uses_is_closed()
    {
        await using SiloHost host = await StartAsync(
            new BrowserTrackerOptions { UnusedTimeout = TimeSpan.FromMilliseconds(50) }
        );
        await using TestBrowser browser = await OpenAsync(host, "one");

        await Assert.ThrowsAsync<WebSocketException>(browser.TryHearAsync);
    }

    [Fact]
    public async Task Who_says_nothing_for_long_leaves_its_swarm()
    {
        await using SiloHost host = await StartAsync(
            new BrowserTrackerOptions { SilenceTimeout = TimeSpan.FromMilliseconds(50) }
        );
        InfoHash file = (await host.PublishAsync("silent")).Content!.InfoHash;
        await using TestBrowser browser = await OpenAsync(host, "one");
        await browser.AnnounceAsync(file, 0, "started");

        await Assert.ThrowsAsync<WebSocketException>(browser.TryHearAsync);

        await BrowserTrackerTests.UntilAsync(async () =>
            await host.Http.ScrapeAsync(file) == new TrackerScrapeEntry(file, 0, 0, 0)
        );
    }

    [Fact]
    public async Task A_process_that_ends_says_so()
    {
        SiloHost host = await StartAsync(new BrowserTrackerOptions());
        await using TestBrowser browser = await OpenAsync(host, "one");

        Task end = host.DisposeAsync().AsTask();
        Assert.Null(await browser.TryHearAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, browser.CloseStatus);
        await browser.CloseAsync();
        await end;
    }

    [Fact]
    public void Wrong_options_are_told_all_at_once()
    {
        var options = new BrowserTrackerOptions
        {
            MaxOffers = -1,
            MessageBurst = 0,
            PingInterval = TimeSpan.Zero,
        };

        Assert.Equal(3, options.Problems().Count());
        Assert.Empty(new BrowserTrackerOptions().Problems());
    }

    [Fact]
    public void The_rate_allows_a_burst_and_then_a_stream()
    {
        var clock = new FakeTimeProvider();
        var rate = new MessageRate(perSecond: 10, burst: 5, clock);

        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => rate.TryTake()));
        clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, Enumerable.Range(0, 10).Count(_ => rate.TryTake()));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => rate.TryTake()));
    }

    private Task<SiloHost> StartAsync(BrowserTrackerOptions options) => SiloHost.StartAsync(_folder.StatePath, options);

    private static Task<TestBrowser> OpenAsync(SiloHost host, string name) =>
        TestBrowser.OpenAsync(host.Http.BaseAddress!, name);

    /// <summary>The room of a closed socket is free a moment later.</summary>
    private static async Task<TestBrowser> AgainAsync(SiloHost host)
    {
        TestBrowser? opened = null;
        await BrowserTrackerTests.UntilAsync(async () =>
        {
            try
            {
                opened = await OpenAsync(host, "again");
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        });
        return opened!;
    }
}
