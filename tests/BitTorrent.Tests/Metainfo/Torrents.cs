using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.BitTorrent.Tests.Metainfo;

/// <summary>Info dictionaries for tests, right and wrong.</summary>
internal static class Torrents
{
    /// <summary>The info dictionary of <paramref name="content"/> as one file.</summary>
    public static byte[] SingleFileInfo(string name, byte[] content, int pieceLengthBytes, bool isPrivate = false) =>
        MetainfoFile.EncodeSingleFileInfo(
            name,
            content.Length,
            pieceLengthBytes,
            content.Chunk(pieceLengthBytes).SelectMany(SHA1.HashData).ToArray(),
            isPrivate
        );

    /// <summary>
    /// An info dictionary written by hand: each argument is one bencoded value, left out where null. "P" stands for one piece hash.
    /// </summary>
    public static byte[] Info(
        string? name = "1:a",
        string? length = "i1e",
        string? pieceLength = "i16384e",
        string? pieces = "P",
        string? files = null,
        string? isPrivate = null
    )
    {
        var text = new StringBuilder("d");
        Add("files", files);
        Add("length", length);
        Add("name", name);
        Add("piece length", pieceLength);
        Add("pieces", pieces == "P" ? "20:01234567890123456789" : pieces);
        Add("private", isPrivate);
        return Encoding.UTF8.GetBytes(text.Append('e').ToString());

        void Add(string key, string? value)
        {
            if (value is not null)
                text.Append(key.Length).Append(':').Append(key).Append(value);
        }
    }

    /// <summary>A bencoded string.</summary>
    public static string Text(string value) => $"{Encoding.UTF8.GetByteCount(value)}:{value}";

    /// <summary>One entry of <c>files</c>.</summary>
    public static string File(string length, params string[] path) =>
        $"d6:length{length}4:pathl{string.Concat(path.Select(Text))}ee";

    public static TorrentInfo Parse(byte[] info)
    {
        Assert.True(TorrentInfo.TryParse(info, out TorrentInfo? parsed, out string? error), error);
        return parsed;
    }
}
