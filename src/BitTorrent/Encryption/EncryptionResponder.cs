using System.Buffers;
using System.Buffers.Binary;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Encryption;

/// <summary>The side that was connected to. Chooses plaintext where both are allowed: it costs no cycle a byte.</summary>
/// <param name="allowed">What may be chosen.</param>
/// <param name="find">The info-hash behind a <see cref="EncryptionKeys.TorrentMark"/>; null: not here.</param>
public sealed class EncryptionResponder(EncryptionMethod allowed, Func<InfoHash, InfoHash?> find)
    : EncryptionHandshake(allowed)
{
    private const int OfferBytes = VerificationBytes + sizeof(uint) + sizeof(ushort);

    private Part _next;
    private Rc4? _theirs;
    private EncryptionMethod _chosen;
    private int _paddingLeft;

    private enum Part
    {
        Key,
        Mark,
        Torrent,
        Offer,
        Padding,
        FirstDataLength,
    }

    private protected override FrameStatus Step(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int taken)
    {
        FrameStatus status = _next switch
        {
            Part.Key => TakeKey(data, output, out taken),
            Part.Mark => TakeMark(data, out taken),
            Part.Torrent => TakeTorrent(data, out taken),
            Part.Offer => TakeOffer(data, out taken),
            Part.Padding => SkipPadding(data, _theirs!, ref _paddingLeft, out taken),
            _ => TakeFirstDataLength(data, output, out taken),
        };
        if (status == FrameStatus.Complete)
            _next++;
        return status;
    }

    private FrameStatus TakeKey(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int taken)
    {
        FrameStatus status = ReadKey(data, out taken);
        if (status == FrameStatus.Complete)
            WriteKey(output);
        return status;
    }

    private FrameStatus TakeMark(ReadOnlySpan<byte> data, out int taken)
    {
        Span<byte> mark = stackalloc byte[EncryptionKeys.HashBytes];
        EncryptionKeys.WriteStartMark(Secret, mark);
        return Synchronise(data, mark, out taken);
    }

    private FrameStatus TakeTorrent(ReadOnlySpan<byte> data, out int taken)
    {
        taken = 0;
        if (data.Length < EncryptionKeys.HashBytes)
            return FrameStatus.Incomplete;
        taken = EncryptionKeys.HashBytes;
        Span<byte> mark = stackalloc byte[EncryptionKeys.HashBytes];
        data[..EncryptionKeys.HashBytes].CopyTo(mark);
        EncryptionKeys.MaskTorrentMark(Secret, mark);
        if (find(new InfoHash(mark)) is not { } infoHash)
            return Fail(EncryptionError.UnknownTorrent);
        InfoHash = infoHash;
        _theirs = EncryptionKeys.OfInitiator(Secret, infoHash);
        return FrameStatus.Complete;
    }

    private FrameStatus TakeOffer(ReadOnlySpan<byte> data, out int taken)
    {
        taken = 0;
        if (data.Length < OfferBytes)
            return FrameStatus.Incomplete;
        taken = OfferBytes;
        Span<byte> offer = stackalloc byte[OfferBytes];
        _theirs!.Apply(data[..OfferBytes], offer);
        if (offer[..VerificationBytes].ContainsAnyExcept((byte)0))
            return Fail(EncryptionError.NotVerified);
        EncryptionMethod common =
            Allowed & (EncryptionMethod)BinaryPrimitives.ReadUInt32BigEndian(offer[VerificationBytes..]);
        if (common.HasFlag(EncryptionMethod.Plaintext))
            _chosen = EncryptionMethod.Plaintext;
        else if (common.HasFlag(EncryptionMethod.Rc4))
            _chosen = EncryptionMethod.Rc4;
        else
            return Fail(EncryptionError.NoCommonMethod);
        _paddingLeft = BinaryPrimitives.ReadUInt16BigEndian(offer[(OfferBytes - sizeof(ushort))..]);
        return _paddingLeft > MaxPaddingBytes ? Fail(EncryptionError.PaddingTooLong) : FrameStatus.Complete;
    }

    /// <summary>The first data are encrypted in any case, and otherwise like all that follows: nothing waits for their end.</summary>
    private FrameStatus TakeFirstDataLength(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int taken)
    {
        taken = 0;
        if (data.Length < sizeof(ushort))
            return FrameStatus.Incomplete;
        taken = sizeof(ushort);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        _theirs!.Apply(data[..sizeof(ushort)], length);
        Rc4 ours = EncryptionKeys.OfResponder(Secret, InfoHash);
        WriteMethods(output, ours, _chosen, []);
        bool encrypted = _chosen == EncryptionMethod.Rc4;
        Incoming = new WireCipher(_theirs, encrypted ? long.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(length));
        Outgoing = new WireCipher(ours, encrypted ? long.MaxValue : 0);
        Method = _chosen;
        return FrameStatus.Complete;
    }
}
