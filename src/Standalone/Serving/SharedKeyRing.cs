using System.Text;
using System.Xml.Linq;
using Distribution.Silos.State;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Distribution.Standalone.Serving;

/// <summary>
/// The keys that protect cookies, in the cluster's database: who signed in at one server is signed in at all. ASP.NET asks for them
/// rarely and without await.
/// </summary>
internal sealed class SharedKeyRing(StateDatabase database) : IXmlRepository
{
    private const string Prefix = "data-protection/";

    public IReadOnlyCollection<XElement> GetAllElements() =>
        [
            .. SharedValues
                .ListAsync(database, Prefix)
                .GetAwaiter()
                .GetResult()
                .Select(static key => XElement.Parse(Encoding.UTF8.GetString(key))),
        ];

    public void StoreElement(XElement element, string friendlyName) =>
        SharedValues
            .GetOrKeepAsync(
                database,
                $"{Prefix}{friendlyName}",
                Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting))
            )
            .GetAwaiter()
            .GetResult();
}
