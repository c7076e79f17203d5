using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>
/// Keeps the same bytes once. Every whole file's data has a second name, <c>contents/{key}/{id}</c>, under which the next file of the same
/// bytes finds it and becomes a hard link to it. The file system counts the links, so no order of deletions and no crash can take bytes
/// that a file still has. Where links cannot be made, each file keeps its own copy.
/// </summary>
internal sealed class SharedContents(FolderLayout layout)
{
    // One process has the folder: of two uploads that end together, the second must see the first.
    private readonly Lock _gate = new();

    /// <summary>Lets go of what a crash left: names whose file is gone.</summary>
    public void Sweep()
    {
        foreach (string content in Directory.EnumerateDirectories(layout.Contents))
        {
            foreach (string name in Directory.EnumerateFiles(content))
            {
                string id = Path.GetFileName(name);
                if (!Directory.Exists(layout.Stored(id)) && !Directory.Exists(layout.Upload(id)))
                    File.Delete(name);
            }
            RemoveIfEmpty(content);
        }
    }

    /// <summary>
    /// Makes an upload's data, which is whole and durable, one with the same bytes of another file, and lets later ones find it.
    /// Not being able to is no fault.
    /// </summary>
    /// <param name="folder">The upload's.</param>
    /// <returns>True: another file had them, and the upload's own copy goes when its last handle is closed.</returns>
    public bool Join(string folder, string fileId, FileContent facts, long sizeBytes)
    {
        if (sizeBytes == 0)
            return false;
        bool isReplaced = false;
        string content = Path.Combine(layout.Contents, ContentKey.Of(facts, sizeBytes));
        string data = FolderLayout.Data(folder);
        string link = FolderLayout.SharedData(folder);
        lock (_gate)
        {
            try
            {
                Directory.CreateDirectory(content);
                string own = Path.Combine(content, fileId);
                File.Delete(link);
                foreach (string other in Directory.EnumerateFiles(content))
                {
                    if (other == own || new FileInfo(other).Length != sizeBytes)
                        continue;
                    if (DurableFiles.TryLink(other, link))
                    {
                        File.Move(link, data, overwrite: true);
                        isReplaced = true;
                    }
                    break;
                }
                File.Delete(own);
                DurableFiles.TryLink(data, own);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The file keeps its own copy, which is as good.
            }
            finally
            {
                // Renaming one link over another of the same file does nothing, and leaves both.
                TryDelete(link);
            }
        }
        return isReplaced;
    }

    /// <summary>Forgets a file that is gone. Its bytes go with their last link.</summary>
    public void Leave(string fileId, FileContent facts, long sizeBytes)
    {
        string content = Path.Combine(layout.Contents, ContentKey.Of(facts, sizeBytes));
        lock (_gate)
        {
            TryDelete(Path.Combine(content, fileId));
            RemoveIfEmpty(content);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start sweeps it up.
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty folder does no harm.
        }
    }
}
