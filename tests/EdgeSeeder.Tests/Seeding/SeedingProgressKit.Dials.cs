using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

public abstract partial class SeedingProgressKit
{
    private static readonly SeedingLimits _quickDials = new()
    {
        Tick = TimeSpan.FromMilliseconds(20),
        RedialDelay = TimeSpan.FromMilliseconds(100),
        MaxRedialDelay = TimeSpan.FromMilliseconds(400),
    };

    [Fact]
    public async Task A_viewer_on_the_list_is_dialled_served_and_dialled_again_after_a_loss()
    {
        await using TestEdge edge = NewEdge(_quickDials);
        using Socket listener = TestPeer.Listen(out IPEndPoint viewer);
        edge.Engine.Dial(_content.InfoHash, [viewer]);
        await using (TestPeer peer = await TestPeer.AcceptAsync(listener, _content))
        {
            await peer.SendAsync(MessageType.HaveNone);
            await peer.DownloadAsync(_content, [0]);
            PeerProgress progress = await ProgressAsync(edge, 0);
            Assert.Equal(viewer.Port, progress.ListenPort);
        }
        await using TestPeer again = await TestPeer.AcceptAsync(listener, _content);
        await again.DownloadAsync(_content, [1]);
        Assert.False(listener.Poll(TimeSpan.FromMilliseconds(600), SelectMode.SelectRead), "It was dialled twice.");
    }

    [Fact]
    public async Task A_viewer_that_is_off_the_list_is_not_dialled_again()
    {
        await using TestEdge edge = NewEdge(_quickDials);
        using Socket listener = TestPeer.Listen(out IPEndPoint viewer);
        edge.Engine.Dial(_content.InfoHash, [viewer]);
        await using (TestPeer peer = await TestPeer.AcceptAsync(listener, _content))
            edge.Engine.Dial(_content.InfoHash, []);
        Assert.False(listener.Poll(TimeSpan.FromMilliseconds(600), SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_viewer_that_came_by_itself_is_not_dialled()
    {
        await using TestEdge edge = NewEdge(_quickDials);
        using Socket listener = TestPeer.Listen(out IPEndPoint viewer);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.SendExtensionHandshakeAsync(viewer.Port);
        await peer.SendAsync(MessageType.HaveNone);
        await Wait.UntilAsync(() => edge.Engine.UnreportedProgress(1) is [{ ListenPort: > 0 }]);
        edge.Engine.Dial(_content.InfoHash, [viewer]);
        Assert.False(listener.Poll(TimeSpan.FromMilliseconds(400), SelectMode.SelectRead));

        // Once it is gone, it is.
        await peer.DisposeAsync();
        await using TestPeer dialled = await TestPeer.AcceptAsync(listener, _content);
        await dialled.DownloadAsync(_content, [0]);
    }

    [Fact]
    public async Task The_engine_does_not_keep_dialling_itself()
    {
        await using TestEdge edge = NewEdge(_quickDials);
        edge.Engine.Dial(_content.InfoHash, [new IPEndPoint(IPAddress.Loopback, edge.Port)]);
        // The dial and the call that it becomes.
        await Wait.UntilAsync(() => edge.Engine.Snapshot().Accepted == 2);
        await Wait.UntilStableAsync(() => edge.Engine.Snapshot().Accepted, atLeast: 2);
        Assert.Equal(2, edge.Engine.Snapshot().Accepted);
        Assert.Equal(0, edge.Engine.ConnectionCount);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again_with_growing_pauses()
    {
        await using TestEdge edge = NewEdge(_quickDials);
        Socket listener = TestPeer.Listen(out IPEndPoint viewer);
        listener.Dispose();
        edge.Engine.Dial(_content.InfoHash, [viewer]);
        await Task.Delay(300);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        late.Bind(viewer);
        late.Listen();
        await using TestPeer peer = await TestPeer.AcceptAsync(late, _content);
        await peer.DownloadAsync(_content, [0]);
    }
}
