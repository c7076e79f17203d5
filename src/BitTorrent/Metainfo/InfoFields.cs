using System.Globalization;
using System.Text;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>What an info dictionary holds, written with its keys in order (BEP 3 and BEP 52, "info dictionary").</summary>
internal sealed record InfoFields(string Name, int PieceLengthBytes, bool IsPrivate)
{
    /// <summary>v1, one file.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>v1, a folder.</summary>
    public IReadOnlyList<V1Entry>? Files { get; init; }

    /// <summary>v1: runs of 20-byte hashes, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? V1Pieces { get; init; }

    /// <summary>v2: all files in the tree's order.</summary>
    public IReadOnlyList<V2Entry>? Tree { get; init; }

    /// <summary>Whose torrent it is: no BEP's, but what trackers write so that the same content of two has two info-hashes.</summary>
    public string? Source { get; init; }

    public void WriteTo(BencodeWriter writer)
    {
        writer.BeginDictionary();
        if (Tree is not null)
        {
            writer.WriteBytes("file tree"u8);
            WriteTree(writer, Tree);
        }
        if (Files is not null)
        {
            writer.WriteBytes("files"u8);
            writer.BeginList();
            foreach (V1Entry file in Files)
                file.WriteTo(writer);
            writer.End();
        }
        if (LengthBytes is { } length)
        {
            writer.WriteBytes("length"u8);
            writer.WriteInteger(length);
        }
        if (Tree is not null)
        {
            writer.WriteBytes("meta version"u8);
            writer.WriteInteger(TorrentInfoV2.MetaVersion);
        }
        writer.WriteBytes("name"u8);
        writer.WriteText(Name);
        writer.WriteBytes("piece length"u8);
        writer.WriteInteger(PieceLengthBytes);
        if (V1Pieces is not null)
        {
            writer.WriteBytes("pieces"u8);
            writer.BeginBytes(V1Pieces.Sum(run => run.Length));
            foreach (ReadOnlyMemory<byte> run in V1Pieces)
                writer.WriteRaw(run.Span);
        }
        if (IsPrivate)
        {
            writer.WriteBytes("private"u8);
            writer.WriteInteger(1);
        }
        if (Source is not null)
        {
            writer.WriteBytes("source"u8);
            writer.WriteText(Source);
        }
        writer.End();
    }

    // Files in order share their folders with the one before: close what is left behind, open what is new.
    private static void WriteTree(BencodeWriter writer, IReadOnlyList<V2Entry> tree)
    {
        byte[][] folders = [];
        writer.BeginDictionary();
        foreach (V2Entry file in tree)
        {
            int shared = TorrentPaths.SharedElements(folders, file.Path);
            for (int i = folders.Length; i > shared; i--)
                writer.End();
            folders = file.Path[..^1];
            foreach (byte[] folder in folders.AsSpan(shared))
            {
                writer.WriteBytes(folder);
                writer.BeginDictionary();
            }
            writer.WriteBytes(file.Path[^1]);
            file.WriteTo(writer);
        }
        foreach (byte[] _ in folders)
            writer.End();
        writer.End();
    }
}

/// <summary>A file of the v1 list.</summary>
internal readonly record struct V1Entry(byte[][] Path, long LengthBytes, bool IsPadding)
{
    /// <summary>A padding file under the path that BEP 47 recommends.</summary>
    public static V1Entry Padding(long lengthBytes) =>
        new(
            [
                Encoding.UTF8.GetBytes(TorrentPaths.PaddingFolder),
                Encoding.UTF8.GetBytes(lengthBytes.ToString(CultureInfo.InvariantCulture)),
            ],
            lengthBytes,
            IsPadding: true
        );

    public void WriteTo(BencodeWriter writer)
    {
        writer.BeginDictionary();
        if (IsPadding)
        {
            writer.WriteBytes("attr"u8);
            writer.WriteBytes("p"u8);
        }
        writer.WriteBytes("length"u8);
        writer.WriteInteger(LengthBytes);
        writer.WriteBytes("path"u8);
        writer.BeginList();
        foreach (byte[] element in Path)
            writer.WriteBytes(element);
        writer.End();
        writer.End();
    }
}

/// <summary>A file of the v2 tree; the layer is null where it is empty.</summary>
internal readonly record struct V2Entry(byte[][] Path, long LengthBytes, PieceLayer? Layer)
{
    public void WriteTo(BencodeWriter writer)
    {
        writer.BeginDictionary();
        writer.WriteBytes(""u8);
        writer.BeginDictionary();
        writer.WriteBytes("length"u8);
        writer.WriteInteger(LengthBytes);
        if (Layer is not null)
        {
            writer.WriteBytes("pieces root"u8);
            writer.WriteBytes(Layer.Root.AsSpan());
        }
        writer.End();
        writer.End();
    }
}
