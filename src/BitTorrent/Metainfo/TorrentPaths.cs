using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>Paths as a file tree orders them: element by element, as raw UTF-8 bytes (BEP 52, "file tree"; BEP 3 sorts keys so).</summary>
internal static class TorrentPaths
{
    /// <summary>Deeper paths than this are refused.</summary>
    public const int MaxElements = 32;

    /// <summary>Padding files stand in this folder (BEP 47, "padding files").</summary>
    public const string PaddingFolder = ".pad";

    /// <summary>The path's elements in UTF-8; null where one is unsafe or no valid text, or there are none or too many.</summary>
    public static byte[][]? ToUtf8(IReadOnlyList<string> path)
    {
        if (path.Count is 0 or > MaxElements)
            return null;
        var elements = new byte[path.Count][];
        for (int i = 0; i < elements.Length; i++)
        {
            if (!IsName(path[i]))
                return null;
            elements[i] = Encoding.UTF8.GetBytes(path[i]);
        }
        return elements;
    }

    /// <summary>True for a name that is safe (<see cref="TorrentInfo.IsSafePathElement"/>) and can be written in UTF-8.</summary>
    public static bool IsName(string name)
    {
        if (!TorrentInfo.IsSafePathElement(name))
            return false;
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(name.Length)];
        return Utf8.FromUtf16(name, utf8, out _, out _, replaceInvalidSequences: false) == OperationStatus.Done;
    }

    public static int Compare(byte[][] left, byte[][] right)
    {
        int shared = Math.Min(left.Length, right.Length);
        for (int i = 0; i < shared; i++)
        {
            int order = left[i].AsSpan().SequenceCompareTo(right[i]);
            if (order != 0)
                return order;
        }
        return left.Length.CompareTo(right.Length);
    }

    /// <summary>
    /// True where, of two paths in order, the first is the second or a folder above it, so that not both can be files.
    /// </summary>
    public static bool Collide(byte[][] first, byte[][] second) => SharedElements(first, second) == first.Length;

    /// <summary>How many elements the paths have in common from the start.</summary>
    public static int SharedElements(byte[][] left, byte[][] right)
    {
        int most = Math.Min(left.Length, right.Length);
        int shared = 0;
        while (shared < most && left[shared].AsSpan().SequenceEqual(right[shared]))
            shared++;
        return shared;
    }
}
