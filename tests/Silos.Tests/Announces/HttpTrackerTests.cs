using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Contracts.Telemetry;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Tests.Announces;

[Collection(SiloCollection.Name)]
public sealed class HttpTrackerTests(SiloFixture silo)
{
    private HttpClient Http => silo.Host.Http;

    [Fact]
    public async Task Viewers_of_a_published_file_find_each_other()
    {
        InfoHash file = (await silo.Host.PublishAsync("find-each-other")).Content!.InfoHash;

        HttpAnnounceReply first = await Http.AnnounceAsync(
            file,
            "one",
            1001,
            SiloHost.Size,
            "&event=started&compact=1"
        );
        HttpAnnounceReply second = await Http.AnnounceAsync(
            file,
            "two",
            1002,
            SiloHost.Size,
            "&event=started&compact=1"
        );

        Assert.Empty(first.Peers);
        Assert.Equal(["127.0.0.1:1001"], second.Peers.Select(static peer => peer.Endpoint.ToString()));
        Assert.Equal(2, second.Incomplete);
        Assert.InRange(second.IntervalSeconds, 30, 45);
        Assert.InRange(second.MinIntervalSeconds, 1, second.IntervalSeconds);
        Assert.Equal(IPAddress.Loopback, second.ExternalAddress);

        HttpAnnounceReply named = await Http.AnnounceAsync(file, "three", 1003, SiloHost.Size, "&compact=0");
        Assert.Contains(named.Peers, static peer => peer.Id == LedgerHarness.Peer("one"));
        HttpAnnounceReply nameless = await Http.AnnounceAsync(
            file,
            "three",
            1003,
            SiloHost.Size,
            "&compact=0&no_peer_id=1"
        );
        Assert.All(nameless.Peers, static peer => Assert.Null(peer.Id));

        await Http.AnnounceAsync(file, "one", 1001, 0, "&event=completed");
        Assert.Equal(new TrackerScrapeEntry(file, 1, 1, 2), await Http.ScrapeAsync(file));
        await Http.AnnounceAsync(file, "one", 1001, 0, "&event=stopped");
        Assert.Equal(new TrackerScrapeEntry(file, 0, 1, 2), await Http.ScrapeAsync(file));
    }

    [Fact]
    public async Task The_address_is_the_connections()
    {
        InfoHash file = (await silo.Host.PublishAsync("own-address")).Content!.InfoHash;
        await Http.AnnounceAsync(file, "one", 1001, SiloHost.Size, "&ip=8.8.8.8&ipv6=2001:db8::1");

        HttpAnnounceReply reply = await Http.AnnounceAsync(file, "two", 1002, SiloHost.Size);

        Assert.Equal("127.0.0.1:1001", Assert.Single(reply.Peers).Endpoint.ToString());
    }

    [Theory]
    [InlineData("", "missing info_hash")]
    [InlineData("info_hash=short", "invalid info_hash: it has 20 bytes")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=0&left=0", "invalid port")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1&left=0", "unregistered torrent")]
    public async Task Refusals_are_answers(string query, string expected)
    {
        using HttpResponseMessage response = await Http.GetAsync(
            $"/announce?{query}",
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"d14:failure reason{expected.Length}:{expected}e", Encoding.ASCII.GetString(body));
    }

    [Fact]
    public async Task A_scrape_tells_nothing_of_what_is_not_tracked()
    {
        string body = await Http.GetStringAsync(
            "/scrape?info_hash=aaaaaaaaaaaaaaaaaaaa",
            TestContext.Current.CancellationToken
        );

        Assert.Equal("d5:filesdee", body);
    }

    [Fact]
    public async Task A_file_that_is_taken_down_is_tracked_no_more()
    {
        PublishedFile published = await silo.Host.PublishAsync("taken-down");
        InfoHash file = published.Content!.InfoHash;
        await Http.AnnounceAsync(file, "one", 1001, SiloHost.Size);
        IPublishedFileGrain grain = silo.Host.Grains.GetGrain<IPublishedFileGrain>("taken-down");

        await grain.UnpublishAsync();
        await grain.UnpublishAsync();

        HttpAnnounceReply reply = await Http.AnnounceAsync(file, "one", 1001, 0, "&event=completed");
        Assert.Equal("unregistered torrent", reply.FailureReason);
        Assert.Null(await silo.Host.Grains.GetGrain<ISwarmGrain>(file.ToString()).GetSnapshotAsync());
    }

    [Fact]
    public async Task A_policy_of_no_peers_holds_from_the_next_announce()
    {
        InfoHash file = (await silo.Host.PublishAsync("no-peers")).Content!.InfoHash;
        await Http.AnnounceAsync(file, "one", 1001, SiloHost.Size);
        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("no-peers").UpdateAsync(null, PeerPolicy.Off);

        Assert.Empty((await Http.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Publishers.Default)]
    public async Task What_the_operator_switched_off_holds_from_the_next_announce_until_it_is_on_again(
        string? publisher
    )
    {
        InfoHash file = (await silo.Host.PublishAsync($"switched-off-{publisher}")).Content!.InfoHash;
        await Http.AnnounceAsync(file, "one", 1001, SiloHost.Size);
        IPeerSwitchGrain peers = silo.Host.Grains.GetGrain<IPeerSwitchGrain>(0);

        await peers.SetAsync(publisher, true, Entry("peers.switched-off"));
        try
        {
            Assert.Empty((await Http.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers);
            // An announce that says nothing new takes the short way.
            Assert.Empty((await Http.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers);
            PeerSwitch? now = await peers.SetAsync("somebody else", true, Entry("peers.switched-off"));
            Assert.True(now!.IsOffFor("somebody else"));
        }
        finally
        {
            await peers.SetAsync(publisher, false, Entry("peers.switched-on"));
            await peers.SetAsync("somebody else", false, Entry("peers.switched-on"));
        }

        Assert.Single((await Http.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers);
        AuditPage log = await silo.Host.Grains.GetGrain<IAccountsGrain>(0).ListLogAsync(null, null, 4);
        Assert.Equal(
            ["peers.switched-on", "peers.switched-on", "peers.switched-off", "peers.switched-off"],
            log.Entries.Select(static entry => entry.Action)
        );
    }

    private static AuditEntry Entry(string action) =>
        new()
        {
            At = DateTimeOffset.UnixEpoch,
            Actor = "operator",
            Action = action,
        };

    [Fact]
    public async Task Announces_and_peers_are_metered()
    {
        InfoHash file = (await silo.Host.PublishAsync("metered")).Content!.InfoHash;
        var announces = new List<string>();
        long leechers = 0;
        // Other silos of this process have instruments of the same names: only this silo's are heard.
        IMeterFactory meters = silo.Host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Meter.Name == TelemetryNames.SilosSource)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                string text = string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
                lock (announces)
                {
                    if (instrument.Name == TelemetryNames.Announces)
                        announces.Add(text);
                    else if (text == "role=leecher")
                        leechers = value;
                }
            }
        );
        listener.Start();

        await Http.AnnounceAsync(file, "one", 1001, SiloHost.Size, "&event=started");
        await Http.AnnounceAsync(LedgerHarness.HashOf("metered-unknown"), "one", 1001, SiloHost.Size);
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["transport=http,event=started,refused=false", "transport=http,event=none,refused=true"],
            announces
        );
        Assert.True(leechers >= 1);
    }
}
