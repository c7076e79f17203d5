using System.Diagnostics;
using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Selection;

namespace Distribution.Selection;

/// <summary>What an announce costs one swarm in the process, without packets: nanoseconds and bytes allocated.</summary>
internal static class SelectionCost
{
    private const long Size = 1_000_000_000;
    private const int Rounds = 10;

    /// <summary>Each so many are timed by themselves, and the best counts: what else runs on the machine disturbs the others.</summary>
    private const int Slice = 1000;

    /// <param name="nearby">True: all viewers have 64 addresses of one /24, as in the load test on loopback; false: as <see cref="InternetPlan"/> says.</param>
    public static (double Nanoseconds, double Bytes) Measure(
        SelectionOptions options,
        bool knowsNetworks,
        bool nearby,
        int peers,
        int announces
    )
    {
        var random = new Random(1);
        var internet = new InternetPlan();
        InfoHash infoHash = InfoHash.Parse("0123456789012345678901234567890123456789");
        var swarm = new Swarm(
            new SwarmDefinition("file", "publisher", infoHash, "name", Size, 1 << 20, PeerPolicy.Everyone),
            0,
            new SwarmCensus(),
            PeerBudget.Unbounded,
            TimeProvider.System,
            new Random(2),
            new SwarmSelection(
                SelectionPolicies.Of(options),
                knowsNetworks ? new PeerNetworks(internet) : null,
                new ToldPeers()
            )
        );
        DateTimeOffset time = TimeProvider.System.GetUtcNow();
        byte[] reply = new byte[1400];
        var all = new PackedAnnounce[peers];
        for (int i = 0; i < peers; i++)
        {
            IPEndPoint endpoint = nearby
                ? new IPEndPoint(new IPAddress([127, 16, 0, (byte)(1 + i % 64)]), 1024 + i / 64)
                : InternetPlan.DrawEndpoint(internet.DrawNetwork(random), random);
            var id = new PeerId(System.Text.Encoding.ASCII.GetBytes($"-XX0001-{i:000000000000}"));
            // Leechers of whom half hold nothing yet: for them usefulness has a say.
            long left = i % 2 == 0 ? 0 : Size / (1 + i / 2 % 2);
            all[i] = PackedAnnounce.Of(
                infoHash,
                new SwarmAnnounce(id, endpoint, AnnounceEvent.None, 0, Size / 2, left, Swarm.DefaultNumWant)
            );
            ViewerSession session = default(ViewerSession).Next(all[i].Progress, Size, long.MaxValue);
            swarm.Announce(all[i], new BookedViewer(session, 0, 0, 0), time, reply, out _);
        }
        // In the order in which they come, as packets do: to look for them in memory is not what is measured.
        var coming = new PackedAnnounce[announces];
        for (int i = 0; i < announces; i++)
            coming[i] = all[random.Next(peers)];
        double best = double.MaxValue;
        long allocated = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int at = 0; at < announces; at += Slice)
            {
                int slice = Math.Min(Slice, announces - at);
                long start = Stopwatch.GetTimestamp();
                for (int i = at; i < at + slice; i++)
                {
                    AnnounceOutcome outcome = swarm.TryAnnounce(coming[i], time, reply, out _);
                    if (outcome != AnnounceOutcome.Answered)
                        throw new InvalidOperationException($"An announce was {outcome}.");
                }
                if (slice == Slice || announces < Slice)
                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / slice);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        return (best, (double)allocated / announces);
    }
}
