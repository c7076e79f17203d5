using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Announces;

/// <summary>A hybrid has two info-hashes (BEP 52) and one swarm: whichever a client says, peers and accounts are the same.</summary>
[Collection(SiloCollection.Name)]
public sealed class HybridSwarmTests(SiloFixture silo) : IDisposable
{
    private readonly TestFolder _folder = new();

    private HttpClient Http => silo.Host.Http;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Viewers_under_either_info_hash_find_each_other()
    {
        (InfoHash v1, InfoHash v2) = await PublishAsync(silo.Host, "hybrid-find");

        HttpAnnounceReply first = await Http.AnnounceAsync(v1, "one", 1001, SiloHost.Size);
        HttpAnnounceReply second = await Http.AnnounceAsync(v2, "two", 1002, SiloHost.Size);
        HttpAnnounceReply third = await Http.AnnounceAsync(v1, "three", 1003, 0);

        Assert.Empty(first.Peers);
        Assert.Equal(["127.0.0.1:1001"], second.Peers.Select(static peer => peer.Endpoint.ToString()));
        Assert.Equal(
            ["127.0.0.1:1001", "127.0.0.1:1002"],
            third.Peers.Select(static peer => peer.Endpoint.ToString()).Order()
        );
        Assert.Equal((1, 2), (third.Complete, third.Incomplete));
    }

    [Fact]
    public async Task A_client_that_announces_both_is_one_peer_and_one_account()
    {
        (InfoHash v1, InfoHash v2) = await PublishAsync(silo.Host, "hybrid-both");

        // As libtorrent 2.0 does: everything twice, once for each info-hash, in either order.
        foreach (InfoHash hash in (InfoHash[])[v1, v2])
            await Http.AnnounceAsync(hash, "one", 1001, SiloHost.Size, "&event=started");
        await Http.AnnounceAsync(v1, "one", 1001, 600_000, "&downloaded=400000");
        await Http.AnnounceAsync(v2, "one", 1001, 500_000, "&downloaded=500000");
        foreach (InfoHash hash in (InfoHash[])[v2, v1])
        {
            HttpAnnounceReply reply = await Http.AnnounceAsync(hash, "one", 1001, 0, "&event=completed");
            Assert.Equal((1, 0), (reply.Complete, reply.Incomplete));
        }

        Assert.Equal(new TrackerScrapeEntry(v1, 1, 1, 0), await Http.ScrapeAsync(v1));
        SavingsReport report = await silo.Host.ReportAsync("hybrid-both");
        Assert.Equal(SiloHost.Size, report.Bytes.Delivered.High);
        Assert.Equal(1, report.Viewers);

        // Both are said at the end, too; the second finds nobody.
        foreach (InfoHash hash in (InfoHash[])[v1, v2])
            await Http.AnnounceAsync(hash, "one", 1001, 0, "&event=stopped");
        Assert.Equal(new TrackerScrapeEntry(v1, 0, 1, 0), await Http.ScrapeAsync(v1));
        Assert.Equal(SiloHost.Size, (await silo.Host.ReportAsync("hybrid-both")).Bytes.Delivered.High);
    }

    [Fact]
    public async Task The_accounts_are_the_same_whichever_info_hash_is_said()
    {
        var random = new Random(7);
        (InfoHash plain, _) = await PublishAsync(silo.Host, "hybrid-plain");
        (InfoHash v1, InfoHash v2) = await PublishAsync(silo.Host, "hybrid-mixed");
        string[] viewers = ["a", "b", "c"];
        var left = viewers.ToDictionary(static viewer => viewer, static _ => SiloHost.Size);
        for (int step = 0; step < 60; step++)
        {
            string viewer = viewers[random.Next(viewers.Length)];
            left[viewer] -= Math.Min(left[viewer], random.Next(150_000));
            string more = $"&event={(step < 3 ? "started" : left[viewer] == 0 ? "completed" : "empty")}";
            int port = 2000 + Array.IndexOf(viewers, viewer);

            await Http.AnnounceAsync(plain, viewer, port, left[viewer], more);
            InfoHash[] said = random.Next(3) switch
            {
                0 => [v1],
                1 => [v2],
                _ => [v2, v1],
            };
            foreach (InfoHash hash in said)
                await Http.AnnounceAsync(hash, viewer, port, left[viewer], more);
        }
        SendCounter sent = new("", "127.0.0.1", SendKind.WebSeed, HourNow(), 400_000);
        await silo
            .Host.Grains.GetGrain<ILedgerGrain>(0)
            .RecordSendsAsync(
                new SendReport(
                    "webseed/hybrid",
                    "0123456789abcdef",
                    [sent with { InfoHash = plain.ToString() }, sent with { InfoHash = v1.ToString() }]
                )
            );

        SavingsReport wanted = await silo.Host.ReportAsync("hybrid-plain");
        SavingsReport found = await silo.Host.ReportAsync("hybrid-mixed");
        Assert.Equal(wanted.Bytes, found.Bytes);
        Assert.Equal(wanted.Viewers, found.Viewers);
        Assert.InRange(found.Bytes.Delivered.High, 1, 3 * SiloHost.Size);
        TrackerScrapeEntry counts = await Http.ScrapeAsync(plain);
        Assert.Equal(counts with { InfoHash = v2 }, await Http.ScrapeAsync(v2));
    }

    [Fact]
    public async Task A_scrape_answers_under_the_info_hash_that_was_asked()
    {
        (InfoHash v1, InfoHash v2) = await PublishAsync(silo.Host, "hybrid-scrape");
        await Http.AnnounceAsync(v2, "one", 1001, SiloHost.Size);

        Assert.Equal(new TrackerScrapeEntry(v1, 0, 0, 1), await Http.ScrapeAsync(v1));
        Assert.Equal(new TrackerScrapeEntry(v2, 0, 0, 1), await Http.ScrapeAsync(v2));

        byte[] body = await Http.GetByteArrayAsync(
            $"/scrape?info_hash={TrackerClient.Escape(v2.AsSpan())}&info_hash={TrackerClient.Escape(v1.AsSpan())}",
            TestContext.Current.CancellationToken
        );
        Assert.True(HttpScrapeReply.TryParse(body, out IReadOnlyList<TrackerScrapeEntry> entries, out _));
        Assert.Equal(new HashSet<TrackerScrapeEntry> { new(v1, 0, 0, 1), new(v2, 0, 0, 1) }, entries.ToHashSet());
    }

    [Fact]
    public async Task Over_udp_it_is_the_same_swarm()
    {
        (InfoHash v1, InfoHash v2) = await PublishAsync(silo.Host, "hybrid-udp");
        await Http.AnnounceAsync(v1, "one", 1001, SiloHost.Size);
        using var udp = new UdpTrackerClient(silo.Host.UdpEndpoint);
        await udp.ConnectAsync();

        foreach (InfoHash hash in (InfoHash[])[v1, v2])
        {
            UdpAnnounceReply reply = await udp.AnnounceAsync(hash, "two", 1002, SiloHost.Size);
            Assert.Equal((0, 2), (reply.Seeders, reply.Leechers));
            Assert.Equal(["127.0.0.1:1001"], reply.Peers.Select(static peer => peer.Endpoint.ToString()));
        }

        Assert.Equal([new UdpScrapeCounts(0, 0, 2), new UdpScrapeCounts(0, 0, 2)], await udp.ScrapeAsync(v2, v1));
    }

    [Fact]
    public async Task After_a_restart_both_info_hashes_are_known()
    {
        InfoHash v1;
        InfoHash v2;
        ReportBytes before;
        await using (SiloHost first = await SiloHost.StartAsync(_folder.StatePath))
        {
            (v1, v2) = await PublishAsync(first, "hybrid-kept");
            await PublishAsync(first, "hybrid-closed");
            await first.Grains.GetGrain<IPublishedFileGrain>("hybrid-closed").UnpublishAsync();
            await first.Http.AnnounceAsync(v2, "one", 1001, SiloHost.Size, "&event=started");
            await first.Http.AnnounceAsync(v2, "one", 1001, 300_000);
            before = (await first.ReportAsync()).Bytes;
            Assert.Equal(700_000, before.Delivered.High);
        }

        // Nobody has called the swarm's grain yet: the front ends know both names from the ledger.
        await using SiloHost second = await SiloHost.StartAsync(_folder.StatePath);
        Assert.Equal(new TrackerScrapeEntry(v2, 0, 0, 0), await second.Http.ScrapeAsync(v2));
        // What was said under one name before is not counted again under the other.
        await second.Http.AnnounceAsync(v1, "one", 1001, 300_000);
        Assert.Equal(before, (await second.ReportAsync()).Bytes);
        await second.Http.AnnounceAsync(v1, "one", 1001, 0, "&event=completed");
        await second.Http.AnnounceAsync(v2, "one", 1001, 0, "&event=completed");
        Assert.Equal(SiloHost.Size, (await second.ReportAsync()).Bytes.Delivered.High);
        Assert.Equal(new TrackerScrapeEntry(v2, 1, 1, 0), await second.Http.ScrapeAsync(v2));

        foreach (InfoHash closed in (InfoHash[])[HashOf("hybrid-closed"), HashV2Of("hybrid-closed").Truncate()])
            Assert.NotNull((await second.Http.AnnounceAsync(closed, "one", 1001, 0)).FailureReason);
        // The record of the file kept its second hash as well.
        PublishedFile? file = await second.Grains.GetGrain<IPublishedFileGrain>("hybrid-kept").GetAsync();
        Assert.Equal(HashV2Of("hybrid-kept"), file!.Content!.InfoHashV2);
    }

    [Fact]
    public async Task A_hybrid_that_is_taken_down_is_refused_under_both()
    {
        (InfoHash v1, InfoHash v2) = await PublishAsync(silo.Host, "hybrid-down");
        await Http.AnnounceAsync(v1, "one", 1001, SiloHost.Size);

        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("hybrid-down").UnpublishAsync();

        foreach (InfoHash hash in (InfoHash[])[v1, v2])
        {
            HttpAnnounceReply reply = await Http.AnnounceAsync(hash, "one", 1001, 0);
            Assert.Equal("unregistered torrent", reply.FailureReason);
        }
        Assert.Null(await silo.Host.Grains.GetGrain<ISwarmGrain>(v1.ToString()).GetSnapshotAsync());
    }

    private static InfoHash HashOf(string fileId) => Ledgers.LedgerHarness.HashOf(fileId);

    private static InfoHashV2 HashV2Of(string fileId) => new(SHA256.HashData(Encoding.UTF8.GetBytes(fileId)));

    private static long HourNow() => HourTable.HourOf(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private static async Task<(InfoHash V1, InfoHash V2)> PublishAsync(SiloHost host, string fileId)
    {
        await host.PublishAsync(fileId, infoHashV2: HashV2Of(fileId));
        return (HashOf(fileId), HashV2Of(fileId).Truncate());
    }
}
