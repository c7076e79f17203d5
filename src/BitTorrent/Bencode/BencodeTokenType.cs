namespace Distribution.BitTorrent.Bencode;

/// <summary>What <see cref="BencodeReader.Read"/> stands on.</summary>
public enum BencodeTokenType
{
    None = 0,
    Integer,
    Bytes,
    ListStart,
    DictionaryStart,

    /// <summary>The end of a list or dictionary.</summary>
    End,
}
