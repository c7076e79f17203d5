using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Cache;

internal readonly record struct PieceKey(InfoHash InfoHash, int Piece);
