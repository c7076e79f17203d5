using System.Net;
using System.Runtime.CompilerServices;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Distribution.Silos.Tests.Swarms.Shards;

/// <summary>Batches between silos.</summary>
public sealed class AnnounceBatchTests
{
    [Fact]
    public void An_announce_is_as_small_as_it_says() => Assert.Equal(80, Unsafe.SizeOf<PackedAnnounce>());

    [Fact]
    public void Arrives_at_another_silo_as_it_was()
    {
        using ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        Serializer serializer = services.GetRequiredService<Serializer>();
        var batch = new AnnounceBatch(8, 500);
        SwarmAnnounce[] announces =
        [
            new(LedgerHarness.Peer("a"), IPEndPoint.Parse("203.0.113.1:5"), AnnounceEvent.Started, 1, 0, -1, 50),
            new(LedgerHarness.Peer("b"), IPEndPoint.Parse("[2001:db8::1]:6"), AnnounceEvent.Stopped, 2, 9, 7, 0),
        ];
        foreach (SwarmAnnounce announce in announces)
            batch.Add() = PackedAnnounce.Of(LedgerHarness.HashOf("f"), announce);

        byte[] bytes = serializer.SerializeToArray(batch);
        AnnounceBatch there = serializer.Deserialize<AnnounceBatch>(bytes)!;

        Assert.InRange(bytes.Length, 160, 260);
        Assert.Equal(2, there.Count);
        for (int i = 0; i < announces.Length; i++)
        {
            Assert.Equal(LedgerHarness.HashOf("f"), there[i].InfoHash);
            Assert.Equal(ViewerAnnounceOf(announces[i]), there[i].ToViewerAnnounce());
            Assert.Equal(announces[i].Endpoint, there[i].Endpoint.ToEndPoint());
            Assert.Equal(announces[i].NumWant, there[i].NumWant);
            Assert.Equal(announces[i].Transport, there[i].Transport);
        }

        there.Replies.PlaceOf(1)[AnnounceReplies.HeadBytes..][..3].Fill(7);
        there.Replies.Set(0, AnnounceOutcome.Unregistered, 0);
        there.Replies.Set(1, AnnounceOutcome.Answered, 3);
        AnnounceReplies back = serializer.Deserialize<AnnounceReplies>(serializer.SerializeToArray(there.Replies))!;
        batch.Replies.CopyFrom(back, batch.Count);

        Assert.Equal(AnnounceOutcome.Unregistered, batch.Replies.OutcomeOf(0));
        Assert.Equal(AnnounceOutcome.Answered, batch.Replies.OutcomeOf(1));
        Assert.Equal(new byte[] { 7, 7, 7 }, batch.Replies.ReplyOf(1).ToArray());
    }

    private static Silos.Ledgers.ViewerAnnounce ViewerAnnounceOf(SwarmAnnounce announce) =>
        Silos.Ledgers.ViewerAnnounce.Of(announce);
}
