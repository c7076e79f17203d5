namespace Distribution.BitTorrent.Encryption;

/// <summary>One direction of a connection after its encrypted handshake: RC4 to the end, for a first part, or not at all.</summary>
public sealed class WireCipher
{
    private readonly Rc4 _keystream;
    private long _encryptedBytesLeft;

    /// <param name="encryptedBytes">So many bytes are encrypted, the rest is plain; <see cref="long.MaxValue"/>: all.</param>
    internal WireCipher(Rc4 keystream, long encryptedBytes)
    {
        _keystream = keystream;
        _encryptedBytesLeft = encryptedBytes;
    }

    /// <summary>All that is still to come is plain.</summary>
    public bool IsPlain => _encryptedBytesLeft == 0;

    /// <summary>Encrypts or decrypts the stream's next bytes.</summary>
    /// <param name="destination">As long as <paramref name="source"/>, or longer; may be the same memory.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int encrypted = (int)Math.Min(source.Length, _encryptedBytesLeft);
        _keystream.Apply(source[..encrypted], destination);
        if (_encryptedBytesLeft != long.MaxValue)
            _encryptedBytesLeft -= encrypted;
        source[encrypted..].CopyTo(destination[encrypted..]);
    }
}
