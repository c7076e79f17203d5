namespace Distribution.BitTorrent.Encryption;

/// <summary>Why an encrypted handshake failed.</summary>
public enum EncryptionError
{
    None = 0,

    /// <summary>A public key below 2 or above the prime less 2: with it everybody knows the secret.</summary>
    WeakKey,

    /// <summary>The mark that ends the padding did not come within 512 bytes.</summary>
    NotSynchronised,

    /// <summary>No torrent here has the key that the other end asks for.</summary>
    UnknownTorrent,

    /// <summary>The verification constant was not eight zeros.</summary>
    NotVerified,

    /// <summary>None of the methods that the other end knows is allowed here, or it chose what was not offered.</summary>
    NoCommonMethod,

    /// <summary>More than 512 bytes of padding are announced.</summary>
    PaddingTooLong,
}
