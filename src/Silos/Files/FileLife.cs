using Distribution.Contracts.Files;

namespace Distribution.Silos.Files;

/// <summary>
/// Which state of a file may follow which. Each step answers the file as it is afterwards, the same object where nothing changes, so
/// that a call repeated after a lost answer is one change.
/// </summary>
public static class FileLife
{
    /// <exception cref="InvalidOperationException">It exists already and is another file.</exception>
    public static PublishedFile Create(PublishedFile? current, PublishedFile file)
    {
        if (current is null)
            return file with
            {
                State = file.State == FileState.Processing ? FileState.Processing : FileState.Uploading,
                Content = null,
                PublishedAt = null,
                FailureReason = null,
            };
        bool same =
            (current.PublisherId, current.Name, current.SizeBytes, current.ContentType)
            == (file.PublisherId, file.Name, file.SizeBytes, file.ContentType);
        return same
            ? current
            : throw new InvalidOperationException($"File {current.Id} exists already and is another file.");
    }

    /// <summary>A new file as the next version of <paramref name="replaced"/>, whose peer policy it takes over.</summary>
    /// <exception cref="InvalidOperationException">That is not there, another publisher's, or was never published.</exception>
    public static PublishedFile ReplaceWith(PublishedFile file, PublishedFile? replaced) =>
        replaced?.PublisherId == file.PublisherId && replaced.CanBeReplaced()
            ? file with
            {
                Replaces = replaced.Id,
                FirstVersionId = replaced.FirstVersionId ?? replaced.Id,
                Policy = replaced.Policy,
            }
            : throw new InvalidOperationException($"File {file.Id} cannot replace {file.Replaces}.");

    /// <exception cref="InvalidOperationException">It failed, was taken down, or has other content.</exception>
    public static PublishedFile Publish(PublishedFile current, FileContent content, DateTimeOffset now)
    {
        switch (current.State)
        {
            case FileState.Uploading or FileState.Processing:
                return current with { State = FileState.Published, Content = content, PublishedAt = now };
            case FileState.Published when current.Content == content:
                return current;
            case FileState.Published:
                throw new InvalidOperationException($"File {current.Id} is published with other content.");
            default:
                throw new InvalidOperationException($"File {current.Id} cannot be published: it is {NameOf(current)}.");
        }
    }

    /// <exception cref="InvalidOperationException">It is published, or was.</exception>
    public static PublishedFile Fail(PublishedFile current, string reason) =>
        current.State switch
        {
            FileState.Failed => current,
            FileState.Uploading or FileState.Processing => current with
            {
                State = FileState.Failed,
                FailureReason = reason,
            },
            _ => throw new InvalidOperationException($"File {current.Id} cannot fail: it is {NameOf(current)}."),
        };

    public static PublishedFile Update(PublishedFile current, string? title, PeerPolicy? policy)
    {
        PublishedFile next = current with { Title = title ?? current.Title, Policy = policy ?? current.Policy };
        return next == current ? current : next;
    }

    public static PublishedFile Unpublish(PublishedFile current, DateTimeOffset now) =>
        current.State == FileState.Unpublished
            ? current
            : current with
            {
                State = FileState.Unpublished,
                UnpublishedAt = now,
            };

    /// <summary>As <see cref="Unpublish"/>, by who runs the server.</summary>
    public static PublishedFile TakeDown(PublishedFile current, string reason, DateTimeOffset now) =>
        current.IsTakenDown && current.TakedownReason == reason
            ? current
            : Unpublish(current, now) with
            {
                IsTakenDown = true,
                TakedownReason = reason,
            };

    /// <exception cref="InvalidOperationException">It was not published, was taken down too long ago, or by the operator.</exception>
    public static PublishedFile Restore(PublishedFile current, DateTimeOffset now, bool byOperator = false) =>
        current.State == FileState.Published ? current
        : current.IsTakenDown && !byOperator
            ? throw new InvalidOperationException("Who runs the server took this file down, and alone can undo it.")
        : current.CanRestore(now)
            ? current with
            {
                State = FileState.Published,
                UnpublishedAt = null,
                IsTakenDown = false,
                TakedownReason = null,
            }
        : throw new InvalidOperationException(
            $"File {current.Id} cannot be published again: only a takedown of the last {PublishedFile.UndoWindow.TotalHours:0} hours can be undone."
        );

    private static string NameOf(PublishedFile file) => file.State.ToString();
}
