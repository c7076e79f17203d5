using System.Runtime.InteropServices;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// One peer at one address family, in 40 bytes; its endpoint lies beside. Of the booked session it keeps what decides whether an announce
/// says anything new: the least left, the most uploaded, and four bits.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct PeerRecord
{
    private const long Most48 = (1L << 48) - 1;
    private const long MostLeft = (1L << 47) - 1;
    private const ushort MarkedBit = 0x8000;
    private const int PhaseShift = 6;
    private const PeerFlags SessionFlags =
        PeerFlags.HasSession | PeerFlags.HasCredit | PeerFlags.Completed | (PeerFlags)(3 << PhaseShift);

    public PeerId Id;

    /// <summary>Unix time in seconds: when it is gone, and of a peer that is gone, when it is forgotten.</summary>
    public uint ExpiresAt;
    private uint _smallestLeftLow;
    private uint _uploadedLow;

    /// <summary>Its top bit: the viewer is marked.</summary>
    private ushort _smallestLeftHigh;
    private ushort _uploadedHigh;

    private ushort _heldLow;
    private byte _heldHigh;
    public PeerFlags Flags;

    /// <summary>What it holds of the file, in 2^24ths; of a peer in both families only the IPv4 record says it.</summary>
    public int HeldShare
    {
        readonly get => _heldHigh << 16 | _heldLow;
        set => (_heldHigh, _heldLow) = ((byte)(value >> 16), (ushort)value);
    }

    public readonly bool HasSession => (Flags & PeerFlags.HasSession) != 0;

    public readonly bool IsPartialSeed => (Flags & PeerFlags.PartialSeed) != 0;

    public readonly bool IsDual => (Flags & PeerFlags.Dual) != 0;

    /// <summary>
    /// The booked session; false: it has to be booked again. Its baseline and first upload are not kept, so <c>CreditBytes</c> says only
    /// whether there is any, and of its anomalies none or all: a second kind is only looked for when something else is new.
    /// </summary>
    public readonly bool TryGetSession(out ViewerSession session)
    {
        session = default;
        if (!HasSession)
            return false;
        long smallestLeft = (long)(_smallestLeftHigh & ~MarkedBit) << 32 | _smallestLeftLow;
        session = new ViewerSession(
            (ViewerPhase)((byte)Flags >> PhaseShift),
            smallestLeft + ((Flags & PeerFlags.HasCredit) != 0 ? 1 : 0),
            smallestLeft,
            0,
            (long)_uploadedHigh << 32 | _uploadedLow,
            (Flags & PeerFlags.Completed) != 0,
            (_smallestLeftHigh & MarkedBit) != 0 ? AnnounceAnomalies.All : AnnounceAnomalies.None
        );
        return true;
    }

    /// <summary>Keeps the booked session. Numbers beyond 47 and 48 bits are not kept: such a viewer is booked each time.</summary>
    public void SetSession(in ViewerSession session)
    {
        Flags &= ~SessionFlags;
        if (session.SmallestLeftBytes is < 0 or > MostLeft || session.UploadedBytes is < 0 or > Most48)
            return;
        _smallestLeftLow = (uint)session.SmallestLeftBytes;
        _smallestLeftHigh = (ushort)(session.SmallestLeftBytes >> 32);
        if (session.Anomalies != AnnounceAnomalies.None)
            _smallestLeftHigh |= MarkedBit;
        _uploadedLow = (uint)session.UploadedBytes;
        _uploadedHigh = (ushort)(session.UploadedBytes >> 32);
        Flags |=
            PeerFlags.HasSession
            | (session.CreditBytes > 0 ? PeerFlags.HasCredit : 0)
            | (session.Completed ? PeerFlags.Completed : 0)
            | (PeerFlags)((int)session.Phase << PhaseShift);
    }

    public void ForgetSession() => Flags &= ~SessionFlags;
}
