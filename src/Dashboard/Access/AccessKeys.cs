using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Distribution.Dashboard.Access;

/// <summary>
/// The two secrets that programs show as <c>Authorization: Bearer …</c>, one file each, made at first start. To replace one, delete
/// its file and start again.
/// </summary>
/// <param name="ApiKey">The publisher's, in <c>api.key</c>: starts with "dst_api_", 256 random bits.</param>
/// <param name="EdgeKey">The edge nodes', in <c>edge.key</c>: starts with "dst_edge_", 256 random bits.</param>
public sealed record AccessKeys(string ApiKey, string EdgeKey)
{
    public const string ApiKeyFile = "api.key";
    public const string EdgeKeyFile = "edge.key";

    private const int SecretBytes = 32;
    private const int MaxFileBytes = 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the keys below <paramref name="folder"/>, making the folder (0700) and what is missing (0600).</summary>
    /// <exception cref="InvalidDataException">A key file holds no key.</exception>
    public static AccessKeys LoadOrCreate(string folder)
    {
        CreatePrivateFolder(folder);
        return new AccessKeys(
            LoadOrCreate(Path.Combine(folder, ApiKeyFile), "dst_api_"),
            LoadOrCreate(Path.Combine(folder, EdgeKeyFile), "dst_edge_")
        );
    }

    /// <summary>Makes these the keys below <paramref name="folder"/>, where others are: those of a cluster are the same everywhere.</summary>
    public void Keep(string folder)
    {
        Keep(Path.Combine(folder, ApiKeyFile), ApiKey);
        Keep(Path.Combine(folder, EdgeKeyFile), EdgeKey);
    }

    /// <summary>Makes a folder that only its owner may enter; an existing one is left as it is.</summary>
    internal static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    // The secrets must not reach a log line by way of the record's text.
    public override string ToString() => nameof(AccessKeys);

    private static string LoadOrCreate(string path, string prefix)
    {
        if (!File.Exists(path))
            Create(path, prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerOnly)
            File.SetUnixFileMode(path, OwnerOnly);
        string key = new FileInfo(path).Length <= MaxFileBytes ? File.ReadAllText(path).Trim() : "";
        // 43 characters hold 256 bits; a shorter key would have been typed by somebody.
        if (!key.StartsWith(prefix, StringComparison.Ordinal) || key.Length < prefix.Length + 43)
            throw new InvalidDataException(
                $"{path} holds no key (\"{prefix}\" and 43 characters): delete it to get a new one."
            );
        return key;
    }

    private static void Keep(string path, string key)
    {
        if (File.ReadAllText(path).Trim() != key)
            File.Move(Draft(path, key), path, overwrite: true);
    }

    // Written whole under another name first: a crash leaves no half key, and of two starts at once one key wins.
    private static void Create(string path, string key)
    {
        string draft = Draft(path, key);
        try
        {
            // .NET's own move looks first and renames then, so that two may both do it. A second name is given once.
            if (OperatingSystem.IsWindows() || link(draft, path) != 0 && !File.Exists(path))
                File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // The other one was first.
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static string Draft(string path, string key)
    {
        string draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(draft, options);
        stream.Write(Encoding.ASCII.GetBytes(key + "\n"));
        stream.Flush(flushToDisk: true);
        return draft;
    }

#pragma warning disable IDE1006 // the system's name
    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int link(string path, string second);
#pragma warning restore IDE1006
}
