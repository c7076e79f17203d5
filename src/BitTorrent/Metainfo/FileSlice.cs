namespace Distribution.BitTorrent.Metainfo;

/// <summary>The part of a piece that lies in one file.</summary>
/// <param name="File">The file's index in the torrent.</param>
/// <param name="OffsetBytes">From the file's start.</param>
/// <param name="StartInPiece">Bytes from the piece's start.</param>
/// <param name="IsPadding">Zeros (BEP 47), which nobody has to fetch.</param>
public readonly record struct FileSlice(int File, long OffsetBytes, int StartInPiece, int LengthBytes, bool IsPadding);
