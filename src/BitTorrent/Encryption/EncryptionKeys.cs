using System.Security.Cryptography;

namespace Distribution.BitTorrent.Encryption;

/// <summary>What both sides make of the secret and the torrent's info-hash, each by SHA-1.</summary>
public static class EncryptionKeys
{
    internal const int HashBytes = 20;

    /// <summary>
    /// HASH('req2', info-hash): by it a responder finds the torrent. Kept in the type of an info-hash, for it is as long and a stranger
    /// chooses what it is compared with.
    /// </summary>
    public static InfoHash TorrentMark(InfoHash infoHash)
    {
        Span<byte> mark = stackalloc byte[HashBytes];
        Hash("req2"u8, infoHash.AsSpan(), default, mark);
        return new InfoHash(mark);
    }

    /// <summary>HASH('req1', secret): ends the initiator's padding.</summary>
    internal static void WriteStartMark(ReadOnlySpan<byte> secret, Span<byte> mark) =>
        Hash("req1"u8, secret, default, mark);

    /// <summary>HASH('req2', info-hash) xor HASH('req3', secret); of either the other is made.</summary>
    internal static void MaskTorrentMark(ReadOnlySpan<byte> secret, Span<byte> mark)
    {
        Span<byte> mask = stackalloc byte[HashBytes];
        Hash("req3"u8, secret, default, mask);
        for (int i = 0; i < HashBytes; i++)
            mark[i] ^= mask[i];
    }

    /// <summary>The keystream of what the connection's initiator sends.</summary>
    internal static Rc4 OfInitiator(ReadOnlySpan<byte> secret, InfoHash infoHash) =>
        Keystream("keyA"u8, secret, infoHash);

    /// <summary>The keystream of what the responder sends.</summary>
    internal static Rc4 OfResponder(ReadOnlySpan<byte> secret, InfoHash infoHash) =>
        Keystream("keyB"u8, secret, infoHash);

    private static Rc4 Keystream(ReadOnlySpan<byte> name, ReadOnlySpan<byte> secret, InfoHash infoHash)
    {
        Span<byte> key = stackalloc byte[HashBytes];
        Hash(name, secret, infoHash.AsSpan(), key);
        return new Rc4(key);
    }

    private static void Hash(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        Span<byte> hash
    )
    {
        Span<byte> text = stackalloc byte[name.Length + first.Length + second.Length];
        name.CopyTo(text);
        first.CopyTo(text[name.Length..]);
        second.CopyTo(text[(name.Length + first.Length)..]);
        SHA1.HashData(text, hash);
    }
}
