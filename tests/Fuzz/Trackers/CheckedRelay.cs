using Distribution.BitTorrent;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Swarms;

namespace Distribution.Fuzz.Trackers;

/// <summary>Carries offers and answers nowhere but to a check.</summary>
internal sealed class CheckedRelay(Action<ReadOnlyMemory<byte>> onSent) : IBrowserRelay, IBrowserGateway
{
    public BrowserContact ContactOf(long socket, in InfoHash askedAs) => new(this, socket, askedAs);

    public void Send(BrowserContact to, byte[] message) => onSent(message);

    public ValueTask DeliverAsync(long socket, byte[] message) => ValueTask.CompletedTask;
}
