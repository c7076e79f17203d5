using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Announces;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;

namespace Distribution.Silos.Tests.Swarms.Shards;

/// <summary>The shards' grains, in place and by calls.</summary>
[Collection(SiloCollection.Name)]
public sealed class SwarmShardTests(SiloFixture silo)
{
    private SwarmShards Shards => silo.Host.Services.GetRequiredService<SwarmShards>();

    private LocalShards Local => silo.Host.Services.GetRequiredService<LocalShards>();

    private IAnnounceHandler Handler => silo.Host.Services.GetRequiredService<IAnnounceHandler>();

    [Fact]
    public async Task A_shard_that_starts_again_asks_for_its_swarms()
    {
        InfoHash open = (await silo.Host.PublishAsync("shard-again")).Content!.InfoHash;
        InfoHash off = (await silo.Host.PublishAsync("shard-again-off")).Content!.InfoHash;
        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("shard-again-off").UpdateAsync(null, PeerPolicy.Off);
        using var client = new UdpTrackerClient(silo.Host.UdpEndpoint);
        await client.ConnectAsync();
        await client.AnnounceAsync(open, "one", 1001, SiloHost.Size);
        await client.AnnounceAsync(open, "one", 1001, 0);
        Assert.Equal((await client.ScrapeAsync(open))[0], new UdpScrapeCounts(1, 1, 0));

        await StopAsync(Shards.NumberOf(open));
        if (Shards.NumberOf(off) != Shards.NumberOf(open))
            await StopAsync(Shards.NumberOf(off));

        // Peers are soft state, completed downloads are not.
        Assert.Equal(1, (await client.AnnounceAsync(open, "two", 1002, SiloHost.Size)).Leechers);
        Assert.Equal(["127.0.0.1:1002"], Endpoints(await client.AnnounceAsync(open, "one", 1001, 0)));
        Assert.Equal((await client.ScrapeAsync(open))[0], new UdpScrapeCounts(1, 1, 1));
        await client.AnnounceAsync(off, "one", 1001, SiloHost.Size);
        Assert.Empty((await client.AnnounceAsync(off, "two", 1002, SiloHost.Size)).Peers);
    }

    [Fact]
    public async Task A_batch_for_a_shard_elsewhere_is_booked_and_answered()
    {
        InfoHash file = (await silo.Host.PublishAsync("shard-batch")).Content!.InfoHash;
        Assert.True(Handler.TryFind(file, out InfoHash swarm, out int shard));
        var batch = new AnnounceBatch(8, UdpTracker.MaxReplyBytes);
        batch.Add() = Announce(swarm, "one", "203.0.113.1:5", SiloHost.Size, AnnounceEvent.Started);
        batch.Add() = Announce(swarm, "two", "203.0.113.2:5", SiloHost.Size, AnnounceEvent.Started);
        batch.Add() = Announce(
            LedgerHarness.HashOf("shard-batch-unknown"),
            "x",
            "203.0.113.3:5",
            0,
            AnnounceEvent.None
        );

        Assert.True(await Handler.AnnounceAsync(shard, batch, "udp"));

        Assert.Equal(AnnounceOutcome.Answered, batch.Replies.OutcomeOf(0));
        Assert.Equal(["203.0.113.1:5"], Endpoints(batch.Replies, 1));
        Assert.Equal(AnnounceOutcome.Unregistered, batch.Replies.OutcomeOf(2));

        // What one of them got since is in the ledger before it has its answer.
        batch.Clear();
        batch.Add() = Announce(swarm, "one", "203.0.113.1:5", 0, AnnounceEvent.Completed);
        Assert.True(await Handler.AnnounceAsync(shard, batch, "udp"));
        Assert.Equal(SiloHost.Size, (await silo.Host.ReportAsync("shard-batch")).Bytes.Delivered.High);
    }

    [Fact]
    public async Task In_place_only_what_says_nothing_new_is_answered_at_once()
    {
        InfoHash file = (await silo.Host.PublishAsync("shard-in-place")).Content!.InfoHash;
        Assert.True(Handler.TryFind(file, out InfoHash swarm, out _));
        PackedAnnounce first = Announce(swarm, "one", "203.0.113.1:5", SiloHost.Size, AnnounceEvent.Started);
        Assert.Equal(AnnounceOutcome.Deferred, TryAnnounce(first));
        Assert.Equal(new ScrapeCounts(0, 0, 0), await Handler.ScrapeAsync(file));

        var batch = new AnnounceBatch(1, UdpTracker.MaxReplyBytes);
        batch.Add() = first;
        Assert.True(await Handler.BookAsync(batch, "udp"));
        Assert.Equal(AnnounceOutcome.Answered, batch.Replies.OutcomeOf(0));

        Assert.Equal(AnnounceOutcome.Answered, TryAnnounce(first));
        Assert.Equal(
            AnnounceOutcome.Deferred,
            TryAnnounce(Announce(swarm, "one", "203.0.113.1:5", 5, AnnounceEvent.None))
        );
        // Another address may be another household's.
        Assert.Equal(
            AnnounceOutcome.Deferred,
            TryAnnounce(Announce(swarm, "one", "203.0.113.2:5", SiloHost.Size, AnnounceEvent.None))
        );
        // Who leaves and comes back with nothing new costs no booking either.
        Assert.Equal(
            AnnounceOutcome.Answered,
            TryAnnounce(Announce(swarm, "one", "203.0.113.1:5", SiloHost.Size, AnnounceEvent.Stopped))
        );
        Assert.Equal(new ScrapeCounts(0, 0, 0), await Handler.ScrapeAsync(file));
        Assert.Equal(AnnounceOutcome.Answered, TryAnnounce(first));
        Assert.Equal(new ScrapeCounts(0, 1, 0), await Handler.ScrapeAsync(file));

        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("shard-in-place").UnpublishAsync();
        Assert.False(Handler.TryFind(file, out _, out _));
        Assert.Null(TryAnnounce(first));
    }

    private AnnounceOutcome? TryAnnounce(PackedAnnounce announce) =>
        Handler.TryAnnounce(announce, TimeProvider.System.GetUtcNow(), new byte[UdpTracker.MaxReplyBytes], out _);

    private async Task StopAsync(int number)
    {
        SwarmShard? before = Local.Find(number);
        Assert.NotNull(before);
        await Shards[number].Cast<IGrainManagementExtension>().DeactivateOnIdle();
        // A call is answered by the next activation once the last one is gone.
        for (int i = 0; i < 1000 && ReferenceEquals(Local.Find(number), before); i++)
            await Shards[number].ScrapeAsync(default);
        Assert.NotSame(before, Local.Find(number));
    }

    private static PackedAnnounce Announce(
        InfoHash swarm,
        string peer,
        string endpoint,
        long left,
        AnnounceEvent announceEvent
    ) =>
        PackedAnnounce.Of(
            swarm,
            new SwarmAnnounce(LedgerHarness.Peer(peer), IPEndPoint.Parse(endpoint), announceEvent, 0, 0, left, 50)
        );

    private static IEnumerable<string> Endpoints(UdpAnnounceReply reply) =>
        reply.Peers.Select(static peer => peer.Endpoint.ToString());

    private static IEnumerable<string> Endpoints(AnnounceReplies replies, int index)
    {
        var peers = new List<TrackerPeer>();
        Assert.True(CompactPeers.TryRead(replies.ReplyOf(index)[CompactReply.HeaderBytes..], isIPv6: false, peers));
        return peers.Select(static peer => peer.Endpoint.ToString());
    }
}
