using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Encryption;

/// <summary>
/// One side of the handshake of message stream encryption (MSE/PE), which all large clients speak; there is no BEP of it. It goes on from any byte,
/// never throws on what the other side sends, and holds less than a kilobyte.
/// </summary>
/// <remarks>
/// Ya, padding → ; ← Yb, padding; HASH('req1', S), HASH('req2', info-hash) xor HASH('req3', S), then encrypted: eight zeros, methods, padding,
/// length and bytes of the first data → ; ← encrypted: eight zeros, method, padding. After that each side's data.
/// </remarks>
public abstract class EncryptionHandshake
{
    /// <summary>No padding of either side may be longer, in bytes.</summary>
    public const int MaxPaddingBytes = 512;

    /// <summary>A caller that keeps what was not consumed never has to keep as much as this, in bytes.</summary>
    public const int MaxUnconsumedBytes = KeyExchange.KeyBytes;

    /// <summary>The zeros by which the encrypted part begins.</summary>
    protected const int VerificationBytes = 8;

    private readonly KeyExchange _keys = new();
    private int _skipped;

    private protected EncryptionHandshake(EncryptionMethod allowed) => Allowed = allowed;

    /// <summary>Why <see cref="Read"/> answered Invalid.</summary>
    public EncryptionError Error { get; private set; }

    /// <summary>What the sides agreed on; None until <see cref="Read"/> answered Complete.</summary>
    public EncryptionMethod Method { get; private protected set; }

    /// <summary>The torrent that the handshake is about; as a responder known when it is complete.</summary>
    public InfoHash InfoHash { get; private protected set; }

    /// <summary>For what was received behind the handshake; null until it is complete.</summary>
    public WireCipher? Incoming { get; private protected set; }

    /// <summary>For what is sent behind the handshake; null until it is complete.</summary>
    public WireCipher? Outgoing { get; private protected set; }

    private protected EncryptionMethod Allowed { get; }

    private protected byte[] Secret { get; } = new byte[KeyExchange.KeyBytes];

    /// <summary>Goes on with what came.</summary>
    /// <param name="data">What was received and not consumed before.</param>
    /// <param name="output">Receives what is to be sent now, at most about 700 bytes in all.</param>
    /// <param name="consumed">So many bytes of <paramref name="data"/> are done with, whatever the answer.</param>
    /// <exception cref="InvalidOperationException">It has ended already.</exception>
    /// <returns>Complete: what follows goes through <see cref="Incoming"/>. Invalid: <see cref="Error"/> says why.</returns>
    public FrameStatus Read(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int consumed)
    {
        if (Method != EncryptionMethod.None || Error != EncryptionError.None)
            throw new InvalidOperationException("The handshake has ended.");
        consumed = 0;
        FrameStatus status;
        do
        {
            status = Step(data[consumed..], output, out int taken);
            consumed += taken;
        } while (status == FrameStatus.Complete && Method == EncryptionMethod.None);
        return status;
    }

    /// <summary>Takes the next part. Complete: on to the part after it, or done if the method is known.</summary>
    private protected abstract FrameStatus Step(ReadOnlySpan<byte> data, IBufferWriter<byte> output, out int taken);

    private protected FrameStatus Fail(EncryptionError error)
    {
        Error = error;
        return FrameStatus.Invalid;
    }

    /// <summary>Our public key and padding of a random length.</summary>
    private protected void WriteKey(IBufferWriter<byte> output)
    {
        int length = KeyExchange.KeyBytes + RandomNumberGenerator.GetInt32(MaxPaddingBytes + 1);
        Span<byte> bytes = output.GetSpan(length)[..length];
        _keys.WritePublicKey(bytes);
        RandomNumberGenerator.Fill(bytes[KeyExchange.KeyBytes..]);
        output.Advance(length);
    }

    private protected FrameStatus ReadKey(ReadOnlySpan<byte> data, out int taken)
    {
        taken = 0;
        if (data.Length < KeyExchange.KeyBytes)
            return FrameStatus.Incomplete;
        taken = KeyExchange.KeyBytes;
        return _keys.TryWriteSecret(data, Secret) ? FrameStatus.Complete : Fail(EncryptionError.WeakKey);
    }

    /// <summary>Passes over padding up to and including <paramref name="mark"/>.</summary>
    private protected FrameStatus Synchronise(ReadOnlySpan<byte> data, ReadOnlySpan<byte> mark, out int taken)
    {
        int most = MaxPaddingBytes - _skipped + mark.Length;
        int found = data[..Math.Min(data.Length, most)].IndexOf(mark);
        if (found >= 0)
        {
            taken = found + mark.Length;
            return FrameStatus.Complete;
        }
        taken = Math.Max(0, data.Length - mark.Length + 1);
        _skipped += taken;
        return _skipped > MaxPaddingBytes ? Fail(EncryptionError.NotSynchronised) : FrameStatus.Incomplete;
    }

    /// <summary>Passes over encrypted padding of which so much is left.</summary>
    private protected static FrameStatus SkipPadding(
        ReadOnlySpan<byte> data,
        Rc4 keystream,
        ref int left,
        out int taken
    )
    {
        taken = Math.Min(left, data.Length);
        keystream.Skip(taken);
        left -= taken;
        return left == 0 ? FrameStatus.Complete : FrameStatus.Incomplete;
    }

    /// <summary>Encrypts zeros, methods, and no padding, which is what that padding is for now: it is kept for later extensions.</summary>
    private protected static void WriteMethods(
        IBufferWriter<byte> output,
        Rc4 keystream,
        EncryptionMethod methods,
        ReadOnlySpan<byte> more
    )
    {
        int length = VerificationBytes + sizeof(uint) + sizeof(ushort) + more.Length;
        Span<byte> bytes = output.GetSpan(length)[..length];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(bytes[VerificationBytes..], (uint)methods);
        more.CopyTo(bytes[(length - more.Length)..]);
        keystream.Apply(bytes, bytes);
        output.Advance(length);
    }
}
