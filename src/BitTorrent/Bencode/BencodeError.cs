namespace Distribution.BitTorrent.Bencode;

/// <summary>Why bencoded input was refused (BEP 3, "bencoding").</summary>
public enum BencodeError
{
    None = 0,

    /// <summary>The input ends inside a value.</summary>
    Truncated,

    /// <summary>A byte that starts no value, or ends none.</summary>
    UnexpectedByte,

    /// <summary>Leading zero, minus zero, no digits, another character, or beyond 64 bits.</summary>
    InvalidInteger,

    /// <summary>A string length with a leading zero, longer than what is left, or of 1 GB and more.</summary>
    InvalidStringLength,

    /// <summary>A dictionary key that is no string, or a key without a value.</summary>
    InvalidKey,

    /// <summary>Keys must be sorted as raw strings.</summary>
    UnsortedKeys,

    DuplicateKey,

    /// <summary>Deeper than <see cref="BencodeLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>More than <see cref="BencodeLimits.MaxTokens"/>.</summary>
    TooManyTokens,

    /// <summary>Bytes after the value, where none are allowed.</summary>
    TrailingBytes,
}
