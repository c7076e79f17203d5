using System.Threading.Channels;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Tests.Swarms.Live;

/// <summary>Keeps what it is shown, for a test to wait for.</summary>
internal sealed class RecordingWatcher : ISwarmWatcher
{
    private readonly Channel<SwarmLive> _shown = Channel.CreateUnbounded<SwarmLive>();

    public Task ShowAsync(InfoHash infoHash, SwarmLive state)
    {
        _shown.Writer.TryWrite(state);
        return Task.CompletedTask;
    }

    public int Waiting => _shown.Reader.Count;

    /// <summary>The next state that is as wanted, and how many others came before it.</summary>
    public async Task<(SwarmLive State, int Before)> UntilAsync(Func<SwarmLive, bool> isWanted)
    {
        for (int before = 0; ; before++)
        {
            SwarmLive state = await _shown.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (isWanted(state))
                return (state, before);
        }
    }
}
