using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Uploads;

/// <summary>
/// Remembers, in the user's state folder, where an upload of these very files to this server goes, so that the next run resumes it. It is
/// held open while the upload runs: a second run at the same time is refused.
/// </summary>
internal sealed class UploadMemory : IDisposable
{
    private readonly FileStream _stream;

    private UploadMemory(FileStream stream, Uri? location)
    {
        _stream = stream;
        Location = location;
    }

    /// <summary>The upload's address; null where none was begun.</summary>
    public Uri? Location { get; private set; }

    public static Answer<UploadMemory> Open(Uri server, UploadSource source, UploadWishes wishes)
    {
        string key = $"{server.AbsoluteUri}\n{source.Path}\n{source.Fingerprint}\n{wishes.FileKey}";
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32] + ".json";
        string path = Path.Combine(StateFolder(), name);
        try
        {
            Directory.CreateDirectory(StateFolder());
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new UploadMemory(stream, Read(stream));
        }
        catch (IOException) when (File.Exists(path))
        {
            return new Failure($"{source.Path} is being uploaded to {server} already.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure($"The state folder {StateFolder()} cannot be written: {fault.Message}");
        }
    }

    public void Remember(Uri location)
    {
        Location = location;
        _stream.SetLength(0);
        JsonSerializer.Serialize(_stream, new Note(location.AbsoluteUri));
        _stream.Flush(flushToDisk: true);
    }

    /// <summary>The upload is over, or gone.</summary>
    public void Forget()
    {
        Location = null;
        _stream.SetLength(0);
        _stream.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        if (Location is null)
            File.Delete(_stream.Name);
        _stream.Dispose();
    }

    private static Uri? Read(FileStream stream)
    {
        try
        {
            return
                stream.Length > 0
                && JsonSerializer.Deserialize<Note>(stream) is { } note
                && Uri.TryCreate(note.Location, UriKind.Absolute, out Uri? location)
                ? location
                : null;
        }
        catch (JsonException)
        {
            // Cut off while it was written: the upload starts over.
            return null;
        }
    }

    private static string StateFolder()
    {
        string home = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
            ? state
            : Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.UserProfile,
                    Environment.SpecialFolderOption.DoNotVerify
                ),
                ".local",
                "state"
            );
        return Path.Combine(home, "distribution", "uploads");
    }

    private sealed record Note(string Location);
}
