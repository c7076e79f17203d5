using System.Net.Sockets;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>
/// How bytes come from a peer and go to it: over plain TCP as they are, over others encrypted or in packets of their own. Never blocks. For
/// its loop's thread alone.
/// </summary>
/// <remarks>
/// What a send answers is counted as sent, to the byte: it must be what the kernel has accepted, and no more. A link that has to
/// change bytes before they leave may have changed more than that; it keeps those, says how many in <see cref="CommittedBytes"/>, and is
/// offered the same bytes first the next time.
/// </remarks>
internal abstract class PeerLink : IDisposable
{
    /// <summary>The socket whose readiness the loop watches for this link; null: the link tells its connection by itself.</summary>
    public abstract Socket? Watched { get; }

    /// <summary>So many bytes of what was offered last, behind those that were accepted, cannot be taken back or overtaken any more.</summary>
    public virtual int CommittedBytes => 0;

    /// <summary>Bytes that the kernel accepted and nobody offered: handshakes, headers, what was sent again.</summary>
    public virtual long OwnBytes => 0;

    /// <summary>False: it still opens, and may only be read from, which also takes it further.</summary>
    public virtual bool IsOpen => true;

    /// <summary>It was opened by an encrypted handshake, whatever was agreed on then.</summary>
    public virtual bool WasEncrypted => false;

    /// <summary>Comes before all else.</summary>
    /// <param name="owner">Is told where the loop watches no socket for this link.</param>
    public virtual void Begin(IWatched owner) { }

    /// <summary>Takes what has come.</summary>
    /// <param name="fault">Success with 0 bytes: the peer has ended. WouldBlock: nothing is there. Else: broken.</param>
    public abstract int Receive(Span<byte> buffer, out SocketError fault);

    /// <summary>Sends what can leave now.</summary>
    /// <param name="places">At most 1024; not empty.</param>
    /// <param name="fault">WouldBlock: full. Fault: the memory of one of the first places could not be read. Else: broken.</param>
    /// <returns>Bytes that the kernel accepted; 0 with a fault.</returns>
    public abstract long Send(ReadOnlySpan<SendPlace> places, out SocketError fault);

    /// <summary>The same, and what the kernel accepts is written down by the kernel, as far as the link can have it do so.</summary>
    /// <param name="underWay">Begun; null: it is not written down.</param>
    public virtual long Send(ReadOnlySpan<SendPlace> places, SendUnderWay? underWay, out SocketError fault) =>
        Send(places, out fault);

    /// <summary>Ends it in order: what was accepted still arrives.</summary>
    public abstract void Dispose();
}
