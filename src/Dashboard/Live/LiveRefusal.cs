namespace Distribution.Dashboard.Live;

/// <summary>Why somebody cannot watch.</summary>
internal enum LiveRefusal
{
    /// <summary>As many watch this file as may.</summary>
    FileIsFull,

    /// <summary>As many watch through this server as may, or it stops.</summary>
    ServerIsFull,
}
