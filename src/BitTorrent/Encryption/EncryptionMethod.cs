namespace Distribution.BitTorrent.Encryption;

/// <summary>What the bytes after an encrypted handshake are: <c>crypto_provide</c> and <c>crypto_select</c> on the wire.</summary>
[Flags]
public enum EncryptionMethod : uint
{
    None = 0,

    /// <summary>Only the handshake is encrypted.</summary>
    Plaintext = 1,

    Rc4 = 2,
}
