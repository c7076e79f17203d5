using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

public sealed class OwnEngineLoadTests
{
    private const int PieceBytes = 32 * 1024;

    private static readonly TestContent _content = new(3 * PieceBytes, PieceBytes);

    [Fact]
    public async Task Loads_tell_who_is_there_what_was_sent_and_how_often_the_rarest_piece_is_held()
    {
        await using TestOrigin origin = await TestOrigin.StartAsync();
        await using var edge = new TestEdge(origin, Engines.Own);
        edge.Seed(_content);
        Assert.Equal([new SwarmLoad(_content.InfoHash, 0, 0, 0)], edge.Engine.Loads());

        await using TestPeer first = await TestPeer.GreetAsync(edge.Port, _content);
        await using TestPeer second = await TestPeer.GreetAsync(edge.Port, _content);
        await first.DownloadAsync(_content, [0]);
        await first.SendHaveAsync(0);
        await first.SendHaveAsync(1);
        await second.SendHaveAsync(0);
        await Wait.UntilAsync(() => Load().Connections == 2);
        Assert.Equal((PieceBytes, 0), (Load().PayloadBytesSent, Load().PeerCopies));

        await second.SendHaveAsync(2);
        await Wait.UntilAsync(() => Load().PeerCopies == 1);
        await second.SendHaveAsync(1);
        await first.SendHaveAsync(2);
        await Wait.UntilAsync(() => Load().Connections == 1 || Load().PeerCopies >= 1);

        SwarmLoad Load() => Assert.Single(edge.Engine.Loads());
    }
}
