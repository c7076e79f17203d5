namespace Distribution.Ingest.Contents;

/// <summary>What a store keeps of a whole file's torrent, bencoded.</summary>
/// <param name="InfoDictionary">Byte for byte what the info-hashes are of (BEP 3, BEP 52).</param>
/// <param name="PieceLayers">The dictionary that stands beside it in a v2 or hybrid .torrent file (BEP 52); empty for v1.</param>
public sealed record StoredTorrent(ReadOnlyMemory<byte> InfoDictionary, ReadOnlyMemory<byte> PieceLayers);
