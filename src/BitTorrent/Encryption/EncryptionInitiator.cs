using System.Buffers;
using System.Buffers.Binary;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Encryption;

/// <summary>The side that connects. <see cref="Start"/> comes first.</summary>
public sealed class EncryptionInitiator : EncryptionHandshake
{
    private const int AnswerBytes = sizeof(uint) + sizeof(ushort);

    private readonly byte[] _firstData;
    private readonly byte[] _expected = new byte[VerificationBytes];
    private Part _next;
    private Rc4? _ours;
    private Rc4? _theirs;
    private EncryptionMethod _chosen;
    private int _paddingLeft;

    /// <param name="infoHash">The other side must have it.</param>
    /// <param name="offered">What the other side may choose from.</param>
    /// <param name="firstData">Goes with the handshake and saves a round trip: BitTorrent's own handshake. At most 65535 bytes; kept, not copied.</param>
    public EncryptionInitiator(InfoHash infoHash, EncryptionMethod offered, byte[] firstData)
        : base(offered)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstData.Length, ushort.MaxValue, nameof(firstData));
        InfoHash = infoHash;
        _firstData = firstData;
    }

    private enum Part
    {
        Key,
        Verification,
        Answer,
        Padding,
    }

    /// <summary>Writes what the connection begins with.</summary>
    public void Start(IBufferWriter<byte> output) => WriteKey(output);

    private protected override FrameStatus Step(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int taken)
    {
        FrameStatus status = _next switch
        {
            Part.Key => TakeKey(data, output, out taken),
            Part.Verification => Synchronise(data, _expected, out taken),
            Part.Answer => TakeAnswer(data, out taken),
            _ => SkipPadding(data, _theirs!, ref _paddingLeft, out taken),
        };
        if (status == FrameStatus.Complete && _next++ == Part.Padding)
            Finish();
        return status;
    }

    private FrameStatus TakeKey(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int taken)
    {
        FrameStatus status = ReadKey(data, out taken);
        if (status != FrameStatus.Complete)
            return status;
        Span<byte> marks = output.GetSpan(2 * EncryptionKeys.HashBytes)[..(2 * EncryptionKeys.HashBytes)];
        EncryptionKeys.WriteStartMark(Secret, marks[..EncryptionKeys.HashBytes]);
        Span<byte> torrent = marks[EncryptionKeys.HashBytes..];
        EncryptionKeys.TorrentMark(InfoHash).AsSpan().CopyTo(torrent);
        EncryptionKeys.MaskTorrentMark(Secret, torrent);
        output.Advance(marks.Length);

        _ours = EncryptionKeys.OfInitiator(Secret, InfoHash);
        var first = new byte[sizeof(ushort) + _firstData.Length];
        BinaryPrimitives.WriteUInt16BigEndian(first, (ushort)_firstData.Length);
        _firstData.CopyTo(first, sizeof(ushort));
        WriteMethods(output, _ours, Allowed, first);

        // Zeros, as they will come.
        _theirs = EncryptionKeys.OfResponder(Secret, InfoHash);
        _theirs.Apply(_expected, _expected);
        return FrameStatus.Complete;
    }

    private FrameStatus TakeAnswer(ReadOnlySpan<byte> data, out int taken)
    {
        taken = 0;
        if (data.Length < AnswerBytes)
            return FrameStatus.Incomplete;
        taken = AnswerBytes;
        Span<byte> answer = stackalloc byte[AnswerBytes];
        _theirs!.Apply(data[..AnswerBytes], answer);
        _chosen = (EncryptionMethod)BinaryPrimitives.ReadUInt32BigEndian(answer);
        if (_chosen is not (EncryptionMethod.Plaintext or EncryptionMethod.Rc4) || !Allowed.HasFlag(_chosen))
            return Fail(EncryptionError.NoCommonMethod);
        _paddingLeft = BinaryPrimitives.ReadUInt16BigEndian(answer[sizeof(uint)..]);
        return _paddingLeft > MaxPaddingBytes ? Fail(EncryptionError.PaddingTooLong) : FrameStatus.Complete;
    }

    private void Finish()
    {
        long encrypted = _chosen == EncryptionMethod.Rc4 ? long.MaxValue : 0;
        Incoming = new WireCipher(_theirs!, encrypted);
        Outgoing = new WireCipher(_ours!, encrypted);
        Method = _chosen;
    }
}
