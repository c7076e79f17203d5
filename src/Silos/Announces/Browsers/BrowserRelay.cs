using Distribution.BitTorrent;
using Distribution.Silos.Swarms;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>Over this silo's own sockets in place, over another's by a call to its gateway.</summary>
internal sealed partial class BrowserRelay(IGrainFactory grains, BrowserSockets sockets, ILogger<BrowserRelay> logger)
    : IBrowserRelay
{
    // Orleans can make a reference only once the silo runs.
    private readonly Lazy<IBrowserGateway> _here = new(() => grains.CreateObjectReference<IBrowserGateway>(sockets));

    public BrowserContact ContactOf(long socket, in InfoHash askedAs) => new(_here.Value, socket, askedAs);

    public void Send(BrowserContact to, byte[] message)
    {
        if (to.Gateway.Equals(_here.Value))
            sockets.Deliver(to.Socket, message);
        else
            _ = SendAwayAsync(to, message);
    }

    private async Task SendAwayAsync(BrowserContact to, byte[] message)
    {
        try
        {
            await to.Gateway.DeliverAsync(to.Socket, message);
        }
#pragma warning disable CA1031 // nobody waits for it: the other silo may be gone, and the browser announces again
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogLost(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A message to a browser on another silo was lost.")]
    private partial void LogLost(Exception fault);
}
