namespace Distribution.Dashboard.Text;

/// <summary>
/// Names the portal's words: what pages say in English is the key, and <c>PortalText.{Language}.resx</c> beside this file says it in another
/// language. What is missing there is shown in English.
/// </summary>
public sealed class PortalText;
