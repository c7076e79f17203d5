namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// Which pieces make room first: a segmented LRU (Karedla, Love and Wherry 1994). A piece is protected once it was used at two times that
/// are further apart than one viewer's download of it takes (the correlated reference period of LRU-K, O'Neil 1993); the others go first.
/// So somebody who takes a whole catalogue once pushes out nothing that is asked for again and again.
/// </summary>
/// <remarks>
/// The protected have at most four fifths of the disk; beyond, the least recently used of them are as if new. It costs nothing while
/// pieces are used: first and last use say it all, and are looked at when room is needed.
/// </remarks>
internal static class PieceRanking
{
    /// <summary>One viewer's use of a piece is one use, though it has many blocks.</summary>
    public static readonly TimeSpan OneUse = TimeSpan.FromSeconds(30);

    private const double ProtectedPart = 0.8;

    /// <summary>All pieces, those that should go first in front.</summary>
    public static List<TKey> VictimsFirst<TKey>(IReadOnlyDictionary<TKey, StoredPiece> stored, long diskBytes)
        where TKey : notnull
    {
        List<KeyValuePair<TKey, StoredPiece>> oldestFirst =
        [
            .. stored.OrderBy(static piece => piece.Value.LastUsedTicks),
        ];
        long room = (long)(diskBytes * ProtectedPart);
        for (int i = oldestFirst.Count - 1; i >= 0; i--)
        {
            StoredPiece piece = oldestFirst[i].Value;
            if (!IsProtected(piece))
                continue;
            room -= piece.Bytes;
            if (room < 0)
                piece.FirstUsedTicks = piece.LastUsedTicks;
        }
        return [.. oldestFirst.OrderBy(static piece => IsProtected(piece.Value)).Select(static piece => piece.Key)];
    }

    private static bool IsProtected(StoredPiece piece) => piece.LastUsedTicks - piece.FirstUsedTicks >= OneUse.Ticks;
}
