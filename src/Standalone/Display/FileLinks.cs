using Distribution.Standalone.Client;

namespace Distribution.Standalone.Display;

/// <summary>A file's links, one a line, never folded: they are there to be copied.</summary>
internal static class FileLinks
{
    public static void Print(FileAnswer file)
    {
        Line("id", file.Id);
        Line("magnet", file.MagnetUri);
        Line("torrent", file.TorrentUrl);
        Line("watch", file.WatchUrl);
        Line("download", file.DownloadUrl);
    }

    public static void Line(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            Console.Out.WriteLine($"{name, -10} {Terminal.Plain(value)}");
    }
}
