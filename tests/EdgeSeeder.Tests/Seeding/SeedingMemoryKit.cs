using System.Net.Sockets;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>
/// What a peer can make an engine hold. It measures the process's memory, so it runs while no other test does.
/// </summary>
public abstract class SeedingMemoryKit : IAsyncLifetime
{
    private static readonly TestContent Content = new(5 * 64 * 1024 + 20_000, 64 * 1024);

    private TestOrigin _origin = null!;

    private protected abstract EngineFactory Factory { get; }

    private protected virtual EngineTraits Traits => EngineTraits.All;

    public async ValueTask InitializeAsync() => _origin = await TestOrigin.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_flood_of_requests_that_reads_nothing_is_held_back_and_holds_little_memory()
    {
        await using TestEdge edge = new(_origin, Factory);
        edge.Seed(Content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, Content, receiveBufferBytes: 16 * 1024);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        var frames = new byte[WireWriter.RequestBytes * 4096];
        for (int at = 0; at < frames.Length; at += WireWriter.RequestBytes)
            WireWriter.WriteRequest(frames.AsSpan(at), MessageType.Request, new BlockRequest(0, 0, 16 * 1024));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        peer.Socket.Blocking = false;
        long sent = 0;
        long progressAt = TimeProvider.System.GetTimestamp();
        while (sent < 256 << 20 && TimeProvider.System.GetElapsedTime(progressAt) < TimeSpan.FromSeconds(1))
        {
            int count = peer.Socket.Send(frames, SocketFlags.None, out SocketError fault);
            if (fault == SocketError.Success)
            {
                sent += count;
                progressAt = TimeProvider.System.GetTimestamp();
            }
            else
                await Task.Yield();
        }
        Assert.InRange(sent, 1, 64 << 20);
        Assert.True(edge.Engine.Snapshot().Swarms[0].Peers[0].QueuedRequests <= 500);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);

        // And another peer does not notice.
        await using TestPeer other = await TestPeer.GreetAsync(edge.Port, Content);
        await other.DownloadAsync(Content, [0, 1]);
    }
}
