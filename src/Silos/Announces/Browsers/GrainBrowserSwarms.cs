using Distribution.BitTorrent;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>Hands what browsers say to the shards' grains.</summary>
internal sealed partial class GrainBrowserSwarms(
    IAnnounceHandler handler,
    IGrainFactory grains,
    SiloMetrics metrics,
    ILogger<GrainBrowserSwarms> logger
) : IBrowserSwarms
{
    private const string Transport = "ws";

    private static readonly BrowserReply Unregistered = BrowserReply.Refused(
        AnnounceOutcome.Unregistered.FailureReason()!
    );
    private static readonly BrowserReply Unavailable = BrowserReply.Refused(
        AnnounceOutcome.Unavailable.FailureReason()!
    );

    public async ValueTask<BrowserReply> AnnounceAsync(InfoHash infoHash, BrowserAnnounce announce)
    {
        BrowserReply reply = handler.TryFind(infoHash, out InfoHash swarm, out int shard)
            ? await AskAsync<BrowserReply>(shard, infoHash, async grain => await grain.AnnounceAsync(swarm, announce))
                ?? Unavailable
            : Unregistered;
        metrics.CountAnnounces(Transport, announce.Event, reply.FailureReason is not null, 1);
        return reply;
    }

    public async ValueTask<BrowserContact?> FindAsync(InfoHash infoHash, PeerId peerId) =>
        handler.TryFind(infoHash, out InfoHash swarm, out int shard)
            ? await AskAsync(shard, infoHash, async grain => await grain.FindAsync(swarm, peerId))
            : null;

    public async ValueTask LeaveAsync(InfoHash infoHash, PeerId peerId, BrowserContact contact)
    {
        // Of a swarm that is closed everybody has left.
        if (handler.TryFind(infoHash, out InfoHash swarm, out int shard))
        {
            await AskAsync<object>(
                shard,
                infoHash,
                async grain =>
                {
                    await grain.LeaveAsync(swarm, peerId, contact);
                    return null;
                }
            );
        }
    }

    private async ValueTask<T?> AskAsync<T>(int shard, InfoHash infoHash, Func<IBrowserShardGrain, Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask(grains.GetGrain<IBrowserShardGrain>(shard));
        }
#pragma warning disable CA1031 // a client gets an answer that tells nothing of our inside; the log has the rest
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(fault, infoHash);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The swarm {InfoHash} could not answer a browser.")]
    private partial void LogFailed(Exception fault, InfoHash infoHash);
}
