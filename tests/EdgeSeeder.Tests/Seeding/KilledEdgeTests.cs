using System.Diagnostics;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>
/// An edge that is killed while it sends at full speed. What its socket had taken by then still arrives, as the system goes on without the process: so the
/// peer at the other end has the truth.
/// </summary>
public sealed class KilledEdgeTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("killed-edge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Kill_9_loses_no_byte_that_a_socket_has_taken_and_counts_none_that_it_has_not()
    {
        var random = new Random(5);
        long taken = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            (Process edge, int port) = await SeedingChild.StartAsync(_folder);
            using (edge)
            {
                long payload = await TakeUntilKilledAsync(edge, port, random.Next(20, 400));
                taken += payload;
                using SendJournal journal = SendJournal.Open(SeedingChild.JournalPath(_folder), TimeProvider.System);
                long counted = journal
                    .Snapshot()
                    .Where(counter => counter.Kind == SendKind.Edge)
                    .Sum(counter => counter.BytesSent);
                output.WriteLine($"{payload} taken, {taken} in all, {counted} counted");
                Assert.Equal(taken, counted);
            }
        }
    }

    private static async Task<long> TakeUntilKilledAsync(Process edge, int port, int killAfterBlocks)
    {
        TestContent content = SeedingChild.Content;
        await using TestPeer peer = await TestPeer.GreetAsync(port, content);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        // All at once, and nothing after it: what a killed process has not read makes the system drop what it had taken.
        await peer.RequestAsync([
            .. Enumerable
                .Range(0, content.Torrent.PieceCount)
                .SelectMany(piece => TestPeer.Blocks(content, piece))
                .Take(480),
        ]);
        for (int blocks = 0; blocks < killAfterBlocks; blocks++)
            await peer.ReadAsync(MessageType.Piece);
        edge.Kill();
        await peer.ReadToEndAsync();
        await edge.WaitForExitAsync();
        return peer.PayloadRead;
    }
}
